import type { Note } from '../../src/domain/note.ts';
import type { TenantId } from '../../src/domain/tenant.ts';
import type { NoteStore } from '../../src/ports/memory.ts';

/** A store in memory with these notes of tenant 1. */
export async function memoryWith(notes: readonly Note[]): Promise<NoteStore> {
  const kept = new Map<TenantId, Map<string, Note>>();
  const of = (tenantId: TenantId): Map<string, Note> => {
    const own = kept.get(tenantId) ?? new Map<string, Note>();
    kept.set(tenantId, own);
    return own;
  };
  const store: NoteStore = {
    get: async (tenantId, noteId) => of(tenantId).get(noteId) ?? null,
    put: async (tenantId, note) => void of(tenantId).set(note.id, note),
    remove: async (tenantId, noteId) => of(tenantId).delete(noteId),
    list: async (tenantId) => [...of(tenantId).values()],
    clear: async (tenantId) => of(tenantId).clear(),
  };
  for (const note of notes) await store.put(1, note);
  return store;
}
