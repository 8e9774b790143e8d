import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { sha256 } from '../../domain/digest.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Note } from '../../domain/note.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NoteStore } from '../../ports/memory.ts';

export interface KeyvNoteStoreOptions {
  /** A store of that tenant alone: Keyv's `clear` empties the whole store, or more (see `namespaceOf`). */
  openStore: (tenantId: TenantId) => KeyvStoreAdapter | Map<string, unknown>;
  clock: Pick<Clock, 'now'>;
}

/** Notes in Keyv, a namespace a tenant. Throws what the store throws: Keyv itself would swallow it. */
export function createKeyvNoteStore({ openStore, clock }: KeyvNoteStoreOptions): NoteStore {
  const opened = new Map<TenantId, Keyv<Note>>();
  const keyvOf = (tenantId: TenantId): Keyv<Note> => {
    const keyv = opened.get(tenantId) ?? openKeyv(openStore(tenantId), tenantId);
    opened.set(tenantId, keyv);
    return keyv;
  };
  const hasExpired = (note: Note): boolean =>
    note.expiresAt !== null && Date.parse(note.expiresAt) <= clock.now().getTime();

  return {
    get: async (tenantId, noteId) => {
      const note = await keyvOf(tenantId).get(noteId);
      return note === undefined || hasExpired(note) ? null : note;
    },
    put: async (tenantId, note) => {
      const keyv = keyvOf(tenantId);
      if (hasExpired(note)) {
        await keyv.delete(note.id);
        return;
      }
      const ttlMs = note.expiresAt === null ? undefined : Date.parse(note.expiresAt) - clock.now().getTime();
      if (await keyv.set(note.id, note, ttlMs)) return;
      throw new MusterError('memory_failed', 'The note was not stored.', { value: note.id });
    },
    remove: async (tenantId, noteId) => keyvOf(tenantId).delete(noteId),
    list: async (tenantId) => {
      const notes = await listAll(keyvOf(tenantId));
      return notes.filter((note) => !hasExpired(note)).sort(newestFirst);
    },
    clear: async (tenantId) => keyvOf(tenantId).clear(),
  };
}

function openKeyv(store: KeyvStoreAdapter | Map<string, unknown>, tenantId: TenantId): Keyv<Note> {
  const keyv = new Keyv<Note>({ store, namespace: namespaceOf(tenantId), throwOnErrors: true });
  // Errors are thrown to the caller; without a listener the event alone would end the process.
  keyv.on('error', () => {});
  return keyv;
}

/** Hex: `clear` of @keyv/postgres 2.2.3 takes `_` and `%` in a namespace for wildcards. */
function namespaceOf(tenantId: TenantId): string {
  return sha256(String(tenantId)).slice(0, 32);
}

/** The iterator of @keyv/postgres tells a failure by the event alone, and just ends. */
async function listAll(keyv: Keyv<Note>): Promise<Note[]> {
  const failures: unknown[] = [];
  const onError = (error: unknown): void => void failures.push(error);
  keyv.on('error', onError);
  try {
    const notes: Note[] = [];
    for await (const [, note] of keyv.iterator?.(undefined) ?? []) notes.push(note);
    if (failures.length === 0) return notes;
    throw new MusterError('memory_failed', 'The notes could not be listed.', { cause: failures[0] });
  } finally {
    keyv.off('error', onError);
  }
}

function newestFirst(left: Note, right: Note): number {
  return right.createdAt.localeCompare(left.createdAt) || left.id.localeCompare(right.id);
}
