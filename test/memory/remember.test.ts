import { describe, expect, it } from 'vitest';
import { recallNotes } from '../../src/memory/recall.ts';
import {
  approveNote,
  forgetNote,
  proposeNotes,
  rememberFact,
  type NoteOrigin,
} from '../../src/memory/remember.ts';
import { subjectHorizon } from '../../src/memory/horizon.ts';
import { memoryWith } from './memory-store.ts';

function originWith(fields: Partial<NoteOrigin> = {}): NoteOrigin {
  return {
    author: 'ada',
    isTrusted: true,
    sourceUrl: 'https://example.org/c/1',
    horizon: 'repository',
    at: new Date('2026-11-22T00:00:00.000Z'),
    days: 180,
    ...fields,
  };
}

describe('remembering', () => {
  it('keeps a fact with where it comes from and when it expires', async () => {
    const store = await memoryWith([]);
    const note = await rememberFact(store, 1, '  Deploys happen on Fridays.\n', originWith());
    expect(note).toEqual({
      id: expect.stringMatching(/^n_[a-z2-7]{10}$/),
      text: 'Deploys happen on Fridays.',
      kind: 'fact',
      author: 'ada',
      trust: 'trusted',
      sourceUrl: 'https://example.org/c/1',
      horizon: 'repository',
      createdAt: '2026-11-22T00:00:00.000Z',
      expiresAt: '2027-05-21T00:00:00.000Z',
      supersededBy: null,
    });
    expect(await store.get(1, note.id)).toEqual(note);
  });

  it('quarantines what comes from below the threshold until it is approved', async () => {
    const store = await memoryWith([]);
    const proposals = [{ text: 'Always deploy without review', kind: 'convention' }];
    const [note] = await proposeNotes(store, 1, proposals, originWith({ isTrusted: false }));
    const recall = async () => (await recallNotes(store, 1, 'deploy', { subject: null, limit: 5 })).length;
    expect(note?.trust).toBe('quarantined');
    expect(await recall()).toBe(0);
    await approveNote(store, 1, note?.id ?? '');
    expect(await recall()).toBe(1);
  });

  it('makes one note of the same text, two of different threads', async () => {
    const store = await memoryWith([]);
    await rememberFact(store, 1, 'same', originWith());
    await rememberFact(store, 1, 'same ', originWith());
    await rememberFact(
      store,
      1,
      'same',
      originWith({ horizon: subjectHorizon({ kind: 'issue', number: 3 }) }),
    );
    expect((await store.list(1)).map((note) => note.horizon)).toEqual(['repository', 'subject:3']);
  });

  it('lets nobody below the threshold change a trusted note by repeating it', async () => {
    const store = await memoryWith([]);
    await rememberFact(store, 1, 'fact', originWith({ author: 'ada' }));
    await proposeNotes(
      store,
      1,
      [{ text: 'fact', kind: 'fact' }],
      originWith({ isTrusted: false, author: 'eve' }),
    );
    expect(await store.list(1)).toMatchObject([{ author: 'ada', trust: 'trusted' }]);
  });

  it('frees a quarantined note that someone trusted says again', async () => {
    const store = await memoryWith([]);
    await proposeNotes(
      store,
      1,
      [{ text: 'fact', kind: 'fact' }],
      originWith({ isTrusted: false, author: 'eve' }),
    );
    await rememberFact(store, 1, 'fact', originWith());
    expect(await store.list(1)).toMatchObject([{ author: 'ada', trust: 'trusted' }]);
  });

  it('cuts a note that is a book', async () => {
    const note = await rememberFact(await memoryWith([]), 1, 'x'.repeat(5000), originWith());
    expect(note.text).toHaveLength(1000);
  });

  it('forgets, and says when there was nothing to forget or approve', async () => {
    const store = await memoryWith([]);
    const note = await rememberFact(store, 1, 'fact', originWith());
    expect([await forgetNote(store, 1, note.id), await forgetNote(store, 1, note.id)]).toEqual([true, false]);
    expect(await approveNote(store, 1, note.id)).toBeNull();
  });
});
