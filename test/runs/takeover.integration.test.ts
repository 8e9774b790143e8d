import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Proposal, ProposalOf } from '../../src/domain/proposal.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { COMMENT, openOutbox, POSTING, REPOSITORY, type OutboxScene, type Worker } from './outbox.ts';

let database: TestDatabase;
let scene: OutboxScene;
let worker: Worker;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  scene = await openOutbox(database);
  worker = await scene.claim();
});
afterEach(async () => scene.close());

const ASSIGN: ProposalOf<'assign'> = { id: 'p5', kind: 'assign', logins: ['ada'] };
const CLOSE: ProposalOf<'close'> = { id: 'p3', kind: 'close', reason: 'completed' };
const LABEL: ProposalOf<'labels'> = { id: 'p2', kind: 'labels', add: ['bug'], remove: [] };

const comments = () => scene.issue().comments;

/** Dies there, as by SIGKILL: nothing is caught, recorded or given back. */
async function dieAt(
  moment: 'before the call' | 'after the call' | 'before reading back',
  proposal: Proposal = COMMENT,
) {
  const die = async () => {
    throw new Error('killed');
  };
  const dying = worker.publish(proposal, (spec) => {
    switch (moment) {
      case 'before the call':
        return { perform: die };
      case 'after the call':
        return { perform: async () => spec.perform().then(die) };
      case 'before reading back':
        return { verify: die };
    }
  });
  await expect(dying).rejects.toThrow('killed');
}

describe('a token', () => {
  it('that ends in the middle is replaced, and the call made once', async () => {
    await worker.github.getIssue(1);
    scene.simulator.state.tokens.clear();
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('of a worker that was taken over is revoked, and it gets no other', async () => {
    const { gitToken } = worker.github;
    const token = await gitToken();
    const next = await scene.claim();
    expect(scene.simulator.state.tokens.has(token)).toBe(false);
    await expect(worker.github.getIssue(1)).rejects.toMatchObject({ code: 'stale_attempt' });
    await expect(worker.publish(COMMENT)).rejects.toMatchObject({ code: 'stale_attempt' });
    expect(await next.publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('is not minted for a worker that was taken over before it had one', async () => {
    const late = await scene.claim();
    scene.clock.advance(3_600_000);
    const next = await scene.claim();
    await expect(late.github.createComment(1, 'late')).rejects.toMatchObject({ code: 'stale_attempt' });
    await expect(late.github.gitToken()).rejects.toMatchObject({ code: 'stale_attempt' });
    expect((await next.github.getIssue(1))?.number).toBe(1);
  });
});

describe('a worker that died', () => {
  it('before its call is followed by one that looks, twice, and makes it', async () => {
    await dieAt('before the call');
    const since = scene.clock.now().getTime();
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
    expect(scene.clock.now().getTime() - since).toBeGreaterThanOrEqual(3_000);
  });

  it('after its call is followed by one that finds what it did', async () => {
    await dieAt('after the call');
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('with GitHub’s answer in hand is followed by one that only reads back', async () => {
    await dieAt('before reading back');
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(scene.asked('POST', POSTING)).toBe(1);
  });

  it('leaves an intent that another build would carry out otherwise: that one stops', async () => {
    await dieAt('before the call');
    const next = await scene.claim();
    await expect(next.publish({ ...COMMENT, body: 'Otherwise.' })).rejects.toMatchObject({
      code: 'journal_diverged',
    });
    expect(comments()).toEqual([]);
  });
});

describe('what a person undid meanwhile', () => {
  const asAda = () => scene.simulator.as('ada');
  const deleteOurs = () => asAda().deleteComment(REPOSITORY, comments()[0]?.id ?? 0);
  const UNDONE = { state: 'skipped', reason: expect.stringContaining('undone') };

  it.each(['after the call', 'before reading back'] as const)(
    'is not done again: a comment that was deleted when the worker had died %s',
    async (moment) => {
      await dieAt(moment);
      deleteOurs();
      expect(await (await scene.claim()).publish(COMMENT)).toMatchObject(UNDONE);
      expect(comments()).toEqual([]);
    },
  );

  it.each<[string, Proposal, () => Promise<void>]>([
    ['a label that was taken off', LABEL, async () => asAda().unlabel(REPOSITORY, 1, 'bug')],
    ['someone who was unassigned', ASSIGN, async () => asAda().unassign(REPOSITORY, 1, 'ada')],
    ['an issue that was reopened', CLOSE, async () => asAda().reopen(REPOSITORY, 1)],
  ])('is not done again: %s', async (_what, proposal, undo) => {
    await dieAt('after the call', proposal);
    await undo();
    expect(await (await scene.claim()).publish(proposal)).toMatchObject(UNDONE);
    expect(scene.issue()).toMatchObject({ labels: [], assignees: [], state: 'open' });
  });

  it('is not done again within the life of one worker, nor waited for', async () => {
    const since = scene.clock.now().getTime();
    const effect = await worker.publish(LABEL, (spec) => ({
      perform: async () => {
        const receipt = await spec.perform();
        await asAda().unlabel(REPOSITORY, 1, 'bug');
        return receipt;
      },
    }));
    expect(effect).toMatchObject(UNDONE);
    expect(scene.clock.now().getTime()).toBe(since);
  });

  it('before the intent says nothing about it', async () => {
    await worker.github.createComment(1, 'Another of ours.');
    deleteOurs();
    scene.clock.advance(3_600_000);
    await dieAt('before the call');
    await intendedAt(scene.clock.now());
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  /** The database's clock is not the scene's, which an hour was added to. */
  async function intendedAt(at: Date): Promise<void> {
    await database.transaction('system', async (tx) =>
      tx.query('UPDATE effects SET intended_at = $1', [at.toISOString()]),
    );
  }
});
