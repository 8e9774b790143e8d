import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter } from 'keyv';
import { describe, expect, it } from 'vitest';
import { createKeyvNoteStore } from '../../../src/adapters/keyv/note-store.ts';
import { noteStoreContract, noteWith } from '../../contracts/note-store.ts';

const clockAt = (time: string) => ({ now: () => new Date(time) });
const clock = clockAt('2026-11-22T00:00:00.000Z');

noteStoreContract('createKeyvNoteStore on a Map', () =>
  createKeyvNoteStore({ openStore: () => new Map(), clock }),
);

describe('createKeyvNoteStore', () => {
  it('uses short keys in a namespace without wildcards', async () => {
    const kept = new Map<string, unknown>();
    await createKeyvNoteStore({ openStore: () => kept, clock }).put(7, noteWith({ id: 'n_abc' }));
    expect([...kept.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{32}:n_abc$/)]);
  });

  it('hides a note from the moment it expires, by its own clock', async () => {
    const kept = new Map<string, unknown>();
    const store = createKeyvNoteStore({ openStore: () => kept, clock });
    await store.put(1, noteWith({ expiresAt: '2026-12-01T00:00:00.000Z' }));
    const later = createKeyvNoteStore({ openStore: () => kept, clock: clockAt('2026-12-01T00:00:00.000Z') });
    expect(await store.get(1, 'n_1')).not.toBeNull();
    expect(await later.get(1, 'n_1')).toBeNull();
    expect(await later.list(1)).toEqual([]);
  });

  it('throws what the store throws, where Keyv alone would answer nothing', async () => {
    const store = createKeyvNoteStore({ openStore: () => failingStore(), clock });
    await expect(store.get(1, 'n_1')).rejects.toThrow('disk full');
    await expect(store.put(1, noteWith({}))).rejects.toThrow('disk full');
    await expect(store.remove(1, 'n_1')).rejects.toThrow('disk full');
    await expect(store.clear(1)).rejects.toThrow('disk full');
  });

  it('throws where the iterator tells of its failure by an event and ends', async () => {
    const store = createKeyvNoteStore({ openStore: () => failingStore(), clock });
    await expect(store.list(1)).rejects.toThrow('could not be listed');
  });
});

function failingStore(): KeyvStoreAdapter {
  const emitter = new EventEmitter();
  const fail = async (): Promise<never> => {
    throw new Error('disk full');
  };
  return {
    opts: { dialect: 'postgres' },
    on: (event, listener) => emitter.on(event, listener),
    get: fail,
    set: fail,
    delete: fail,
    clear: fail,
    iterator: async function* iterate() {
      emitter.emit('error', new Error('disk full'));
      yield* [];
    },
  };
}
