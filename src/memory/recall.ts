import type { Note } from '../domain/note.ts';
import type { Subject } from '../domain/subject.ts';
import type { TenantId } from '../domain/tenant.ts';
import type { NoteStore } from '../ports/memory.ts';
import { isInSight } from './horizon.ts';
import { rankNotes } from './note-index.ts';

export interface RecallOptions {
  /** Its own notes beside the repository's; null for the repository's alone. */
  subject: Subject | null;
  limit: number;
}

/** The trusted notes that answer a query, best first; never a quarantined or superseded one. */
export async function recallNotes(
  store: NoteStore,
  tenantId: TenantId,
  query: string,
  { subject, limit }: RecallOptions,
): Promise<Note[]> {
  const notes = await store.list(tenantId);
  const usable = notes.filter(
    (note) => note.trust === 'trusted' && note.supersededBy === null && isInSight(note, subject),
  );
  return rankNotes(usable, query).slice(0, limit);
}
