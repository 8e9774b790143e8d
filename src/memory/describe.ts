import type { Note } from '../domain/note.ts';
import type { TenantId } from '../domain/tenant.ts';
import type { NoteStore } from '../ports/memory.ts';
import { rankNotes } from './note-index.ts';

const MAX_SHOWN = 20;

/**
 * The answer to `/memory [query]` in Markdown, for people: quarantined notes are shown too, and marked.
 * Note texts are quoted on one line each; the caller's guards clean them like any other model text.
 */
export async function describeMemory(store: NoteStore, tenantId: TenantId, query: string): Promise<string> {
  const notes = await store.list(tenantId);
  const wanted = query.trim() === '' ? notes : rankNotes(notes, query);
  if (wanted.length === 0) {
    return notes.length === 0 ? 'Nothing is remembered here yet.' : `None of ${notes.length} notes matches.`;
  }
  const more = wanted.length - MAX_SHOWN;
  return [
    ...wanted.slice(0, MAX_SHOWN).map(line),
    ...(more > 0 ? [`- and ${more} more: \`/memory <query>\` narrows it down`] : []),
  ].join('\n');
}

function line(note: Note): string {
  const marks = [
    note.kind,
    `by ${note.author}`,
    note.createdAt.slice(0, 10),
    ...(note.trust === 'quarantined' ? ['**in quarantine**'] : []),
    ...(note.supersededBy === null ? [] : [`superseded by \`${note.supersededBy}\``]),
  ];
  const source = note.sourceUrl === null ? '' : ` ([source](${note.sourceUrl}))`;
  return `- \`${note.id}\` ${note.text.replaceAll(/\s+/g, ' ')} — ${marks.join(', ')}${source}`;
}
