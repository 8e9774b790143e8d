import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/domain/note.ts';
import type { NoteStore } from '../../src/ports/memory.ts';

export function noteWith(fields: Partial<Note>): Note {
  return {
    id: 'n_1',
    text: 'Tests run with vitest.',
    kind: 'fact',
    author: 'ada',
    trust: 'trusted',
    sourceUrl: null,
    horizon: 'repository',
    createdAt: '2026-11-01T00:00:00.000Z',
    expiresAt: null,
    supersededBy: null,
    ...fields,
  };
}

/** What every implementation of `NoteStore` holds; `createStore` gives an empty one at 2026-11-22. */
export function noteStoreContract(name: string, createStore: () => NoteStore | Promise<NoteStore>): void {
  describe(`${name} as a NoteStore`, () => {
    it('gives back what was put, whole, and null for what was not', async () => {
      const store = await createStore();
      const note = noteWith({
        text: 'Zeilen\n"und" 漢字',
        sourceUrl: 'https://example.org/1',
        supersededBy: 'n_2',
      });
      await store.put(1, note);
      expect(await store.get(1, 'n_1')).toEqual(note);
      expect(await store.get(1, 'n_2')).toBeNull();
    });

    it('replaces a note by its id', async () => {
      const store = await createStore();
      await store.put(1, noteWith({ text: 'old' }));
      await store.put(1, noteWith({ text: 'new' }));
      expect((await store.list(1)).map((note) => note.text)).toEqual(['new']);
    });

    it('removes a note, and says whether there was one', async () => {
      const store = await createStore();
      await store.put(1, noteWith({}));
      expect([await store.remove(1, 'n_1'), await store.remove(1, 'n_1')]).toEqual([true, false]);
      expect(await store.list(1)).toEqual([]);
    });

    it('lists the newest first', async () => {
      const store = await createStore();
      for (const day of ['02', '03', '01']) {
        await store.put(1, noteWith({ id: `n_${day}`, createdAt: `2026-11-${day}T00:00:00.000Z` }));
      }
      expect((await store.list(1)).map((note) => note.id)).toEqual(['n_03', 'n_02', 'n_01']);
    });

    it('shows no tenant the notes of another, and erases one alone', async () => {
      const store = await createStore();
      for (const tenantId of [1, 11, 2]) await store.put(tenantId, noteWith({ text: `of ${tenantId}` }));
      expect((await store.list(1)).map((note) => note.text)).toEqual(['of 1']);
      await store.clear(1);
      expect(await store.list(1)).toEqual([]);
      expect(await store.get(1, 'n_1')).toBeNull();
      expect((await store.list(11)).map((note) => note.text)).toEqual(['of 11']);
      expect((await store.list(2)).map((note) => note.text)).toEqual(['of 2']);
    });

    it('keeps a note until it expires, and no longer', async () => {
      const store = await createStore();
      await store.put(1, noteWith({ id: 'n_past', expiresAt: '2026-11-21T23:59:59.000Z' }));
      await store.put(1, noteWith({ id: 'n_now', expiresAt: '2026-11-22T00:00:00.000Z' }));
      await store.put(1, noteWith({ id: 'n_later', expiresAt: '2100-01-01T00:00:00.000Z' }));
      expect((await store.list(1)).map((note) => note.id)).toEqual(['n_later']);
      expect(await store.get(1, 'n_past')).toBeNull();
    });

    it('forgets a note that is put again as expired', async () => {
      const store = await createStore();
      await store.put(1, noteWith({}));
      await store.put(1, noteWith({ expiresAt: '2026-01-01T00:00:00.000Z' }));
      expect(await store.get(1, 'n_1')).toBeNull();
    });
  });
}
