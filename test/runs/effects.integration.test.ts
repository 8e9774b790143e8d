import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProposalOf } from '../../src/domain/proposal.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { COMMENT, openOutbox, POSTING, type OutboxScene, type Worker } from './outbox.ts';

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

const CLOSE: ProposalOf<'close'> = { id: 'p3', kind: 'close', reason: 'completed' };
const DISPATCH: ProposalOf<'dispatch'> = { id: 'p4', kind: 'dispatch', workflow: 'deploy.yml', inputs: {} };

const READING = /\/issues\/comments\/\d+$/;

const comments = () => scene.issue().comments;
const elapsedS = (since: Date) => (scene.clock.now().getTime() - since.getTime()) / 1_000;

describe('a limit', () => {
  it('is waited out as GitHub asks, then the comment is posted once', async () => {
    const since = scene.clock.now();
    scene.simulator.faults.add({
      method: 'POST',
      path: POSTING,
      times: 3,
      kind: 'secondary_limit',
      retryAfterS: 60,
    });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
    expect(elapsedS(since)).toBeGreaterThanOrEqual(180);
    expect(elapsedS(since)).toBeLessThan(260);
  });

  it('of an hour is waited out in the queue, and is no unclear outcome', async () => {
    scene.simulator.faults.add({
      method: 'POST',
      path: POSTING,
      times: 1,
      kind: 'primary_limit',
      retryAfterS: 3_500,
    });
    const since = scene.clock.now();
    await expect(worker.publish(COMMENT)).rejects.toMatchObject({
      code: 'github_limited',
      isRetryable: true,
    });
    expect(elapsedS(since)).toBe(0);
    const lookedUp = scene.asked('GET', POSTING);
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(scene.asked('GET', POSTING)).toBe(lookedUp);
    expect(comments()).toHaveLength(1);
  });

  it('is told apart from a missing permission, which fails at once', async () => {
    const since = scene.clock.now();
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 9, kind: 'status', status: 403 });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'failed' });
    expect(scene.asked('POST', POSTING)).toBe(1);
    expect(elapsedS(since)).toBe(0);
  });

  it('that never ends fails the effect after two hours', async () => {
    const since = scene.clock.now();
    scene.simulator.faults.add({
      method: 'POST',
      path: POSTING,
      times: 999,
      kind: 'secondary_limit',
      retryAfterS: 60,
    });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'failed' });
    expect(elapsedS(since)).toBeGreaterThanOrEqual(7_200);
    expect(elapsedS(since)).toBeLessThan(8_500);
  });
});

describe('an outage', () => {
  it.each(['status', 'reset'] as const)('(%s) is waited out, and nothing doubled', async (kind) => {
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 4, kind, status: 502 });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('that swallows the answer finds what was done instead of doing it again', async () => {
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 1, kind: 'reset_after_effect' });
    const effect = await worker.publish(COMMENT);
    expect(effect).toMatchObject({ state: 'verified', receipt: { id: String(comments()[0]?.id) } });
    expect(scene.asked('POST', POSTING)).toBe(1);
  });

  it('that swallows the answer and stays is asked about when it is over', async () => {
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 1, kind: 'reset_after_effect' });
    scene.simulator.faults.add({
      method: 'GET',
      path: /\/issues\/1\/comments/,
      times: 30,
      kind: 'status',
      status: 503,
    });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('that swallows the answer to what can’t be looked up leaves it unknown, for good', async () => {
    const path = /\/dispatches$/;
    scene.simulator.faults.add({ method: 'POST', path, times: 1, kind: 'reset_after_effect' });
    expect(await worker.publish(DISPATCH)).toMatchObject({ state: 'unknown' });
    expect(await (await scene.claim()).publish(DISPATCH)).toMatchObject({ state: 'unknown' });
    expect(scene.asked('POST', path)).toBe(1);
  });

  it('of ten minutes while reading back does not make it unknown', async () => {
    scene.simulator.faults.add({ method: 'GET', path: READING, times: 15, kind: 'status', status: 502 });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
  });
});

describe('an effect that GitHub answered and does not show', () => {
  it('is unknown after a minute, and never repeated', async () => {
    const since = scene.clock.now();
    scene.simulator.faults.add({ method: 'GET', path: READING, times: 999, kind: 'status', status: 404 });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'unknown' });
    expect(elapsedS(since)).toBeGreaterThanOrEqual(60);
    expect(elapsedS(since)).toBeLessThan(75);
    scene.simulator.faults.clear();
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'unknown' });
    expect(comments()).toHaveLength(1);
  });

  it('is verified when it shows up late', async () => {
    scene.simulator.faults.add({ method: 'GET', path: READING, times: 5, kind: 'status', status: 404 });
    expect(await worker.publish(COMMENT)).toMatchObject({ state: 'verified' });
  });
});

describe('a cancel', () => {
  it('overtakes what waits for a limit: it does not happen', async () => {
    const { sleep } = scene.clock;
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 9, kind: 'secondary_limit' });
    scene.clock.sleep = async (ms, signal) => {
      worker.cancel();
      await sleep(ms, signal);
    };
    await expect(worker.publish(COMMENT)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'skipped' });
    expect(comments()).toEqual([]);
  });

  it('finds out what became of a call without an answer, and says so', async () => {
    const { sleep } = scene.clock;
    scene.simulator.faults.add({ method: 'POST', path: POSTING, times: 1, kind: 'reset_after_effect' });
    scene.clock.sleep = async (ms, signal) => {
      worker.cancel();
      await sleep(ms, signal);
    };
    await expect(worker.publish(COMMENT)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await (await scene.claim()).publish(COMMENT)).toMatchObject({ state: 'verified' });
    expect(comments()).toHaveLength(1);
  });

  it('lets nothing begin', async () => {
    worker.cancel();
    await expect(worker.publish(CLOSE)).rejects.toMatchObject({ code: 'cancelled' });
    expect(scene.issue().state).toBe('open');
  });
});
