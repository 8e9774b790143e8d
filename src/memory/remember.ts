import { base32Digest } from '../domain/digest.ts';
import type { Note } from '../domain/note.ts';
import type { NoteProposal } from '../domain/proposal.ts';
import type { TenantId } from '../domain/tenant.ts';
import type { NoteStore } from '../ports/memory.ts';

/** Where notes come from, the same for all of one comment or run. */
export interface NoteOrigin {
  /** A login, or the agent's name. */
  author: string;
  /** True only for people at or above the threshold and runs that are not tainted. */
  isTrusted: boolean;
  sourceUrl: string | null;
  /** `repository`, or `subjectHorizon` of one thread. */
  horizon: string;
  at: Date;
  /** Days until it expires, of the configuration's `memory`. */
  days: number;
}

const MAX_NOTE_CHARACTERS = 1000;
const DAY_MS = 86_400_000;

/** Keeps what a person asked to be remembered (`/remember`). */
export async function rememberFact(
  store: NoteStore,
  tenantId: TenantId,
  text: string,
  origin: NoteOrigin,
): Promise<Note> {
  return keep(store, tenantId, { text, kind: 'fact' }, origin);
}

/** Keeps what a run proposed: in quarantine, seen by no agent, unless its origin is trusted. */
export async function proposeNotes(
  store: NoteStore,
  tenantId: TenantId,
  proposals: readonly NoteProposal[],
  origin: NoteOrigin,
): Promise<Note[]> {
  const kept: Note[] = [];
  for (const proposal of proposals) kept.push(await keep(store, tenantId, proposal, origin));
  return kept;
}

/** Takes a note out of quarantine; null where there is no such note. */
export async function approveNote(
  store: NoteStore,
  tenantId: TenantId,
  noteId: string,
): Promise<Note | null> {
  const note = await store.get(tenantId, noteId);
  if (note === null) return null;
  const approved: Note = { ...note, trust: 'trusted' };
  await store.put(tenantId, approved);
  return approved;
}

/** False where there is no such note. */
export async function forgetNote(store: NoteStore, tenantId: TenantId, noteId: string): Promise<boolean> {
  return store.remove(tenantId, noteId);
}

/**
 * The same text in the same horizon is the same note, so that keeping it twice makes no second. Nobody
 * below the threshold can push a trusted note back into quarantine by saying it again.
 */
async function keep(
  store: NoteStore,
  tenantId: TenantId,
  { text, kind }: NoteProposal,
  origin: NoteOrigin,
): Promise<Note> {
  const kept = text.trim().slice(0, MAX_NOTE_CHARACTERS);
  const id = `n_${base32Digest(`${tenantId}\n${origin.horizon}\n${kept}`, 10)}`;
  const known = await store.get(tenantId, id);
  if (known !== null && known.trust === 'trusted' && !origin.isTrusted) return known;
  const note: Note = {
    id,
    text: kept,
    kind,
    author: origin.author,
    trust: origin.isTrusted ? 'trusted' : 'quarantined',
    sourceUrl: origin.sourceUrl,
    horizon: origin.horizon,
    createdAt: origin.at.toISOString(),
    expiresAt: new Date(origin.at.getTime() + origin.days * DAY_MS).toISOString(),
    supersededBy: null,
  };
  await store.put(tenantId, note);
  return note;
}
