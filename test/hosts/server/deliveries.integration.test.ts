import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAppAccess } from '../../../src/adapters/octokit/access.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import { handleDelivery } from '../../../src/hosts/server/deliveries.ts';
import type { HookDeliveries } from '../../../src/ports/github.ts';
import type { Job } from '../../../src/ports/queue.ts';
import { takeDelivery } from '../../../src/runs/tables/inbox.ts';
import { createSampleWorld, type SampleWorld } from '../../../src/simulator/sample/world.ts';
import { testClock, type TestClock } from '../../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { testEngine } from '../../support/engine.ts';
import { silentLog } from '../../support/log.ts';
import { recordingQueue } from '../../support/runs.ts';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let clock: TestClock;
let world: SampleWorld;
beforeAll(async () => {
  clock = testClock(new Date().toISOString());
  database = await openTestDatabase();
  world = await createSampleWorld({ now: () => clock.now(), sleep: async () => undefined });
});
afterAll(async () => {
  await world.simulator.close();
  await database.close();
});
beforeEach(async () => {
  clock = testClock(new Date().toISOString());
  await database.transaction('system', async (tx) => tx.query('TRUNCATE inbox'));
});

/** A stored delivery whose handling is `receive`, and what its tries send and complete. */
async function stored(receive: () => Promise<unknown>, { id = 'd1', event = 'issues', listed = '' } = {}) {
  const queue = recordingQueue();
  const engine = testEngine({ database, queue, clock });
  await takeDelivery(database, queue, { id, event, body: '{"repository":{"id":7}}' });
  queue.sent.length = 0;
  const completed: string[] = [];
  const job: Job = {
    id: 'j1',
    data: { deliveryId: id },
    retryCount: 0,
    signal: new AbortController().signal,
    completeIn: async () => void completed.push('j1'),
  };
  const handle = async () =>
    handleDelivery(
      engine,
      job,
      async () => void (await receive()),
      () => 'run r_x',
      listing(listed, event),
    );
  return { queue, completed, handle };
}

/** GitHub's list with a delivery of that id. */
function listing(guid: string, event: string): HookDeliveries {
  const deliveredAt = clock.now().toISOString();
  return {
    list: async () => ({
      deliveries: [{ id: '1', guid, event, deliveredAt, status: 'delivered' }],
      next: null,
    }),
    readBody: async () => null,
  };
}

/** Asks GitHub something, as every handling does. */
function asking(): () => Promise<unknown> {
  const { app, privateKey, simulator } = world;
  const access = createAppAccess({
    appId: app.id,
    privateKey,
    baseUrl: simulator.url,
    log: silentLog,
    isThrottled: false,
    now: () => clock.now().getTime(),
  });
  return async () => access.identity();
}

async function row(id = 'd1'): Promise<{ state: string; outcome: string | null } | undefined> {
  const [found] = await database.transaction('system', async (tx) =>
    tx.query<{ state: string; outcome: string | null }>(
      'SELECT state, outcome FROM inbox WHERE delivery_id = $1',
      [id],
    ),
  );
  return found;
}

describe('a delivery', () => {
  it('waits out a limit of an hour that GitHub names, and is handled then', async () => {
    const { queue, completed, handle } = await stored(asking());
    world.simulator.faults.add({ path: /^\/app$/, times: 1, kind: 'primary_limit', retryAfterS: 3_600 });
    await handle();
    expect(await row()).toEqual({ state: 'stored', outcome: null });
    expect(completed).toEqual(['j1']);
    expect(queue.sent).toMatchObject([
      { queue: 'delivery', data: { deliveryId: 'd1' }, options: { tenantId: 7 } },
    ]);
    const pauseMs = (queue.sent[0]?.options.startAfter?.getTime() ?? 0) - clock.now().getTime();
    expect(pauseMs).toBeGreaterThan(HOUR_MS - 60_000);
    clock.advance(pauseMs);
    await handle();
    expect(await row()).toEqual({ state: 'handled', outcome: 'run r_x' });
  });

  it('is tried again for a day while GitHub is away, however often, and is closed then', async () => {
    const { queue, handle } = await stored(asking());
    world.simulator.faults.add({ path: /^\/app$/, times: 100, kind: 'status', status: 503 });
    for (let tries = 1; tries <= 24; tries += 1) {
      await handle();
      expect(queue.sent).toHaveLength(tries);
      expect(await row()).toMatchObject({ state: 'stored' });
      clock.advance(HOUR_MS - 60_000);
    }
    clock.advance(HOUR_MS);
    await handle();
    expect(queue.sent).toHaveLength(24);
    expect(await row()).toMatchObject({ state: 'failed' });
    world.simulator.faults.clear();
  });

  it('waits a second at first, and never more than a minute where nobody says how long', async () => {
    const { queue, handle } = await stored(async () => {
      throw new MusterError('github_unavailable', 'away', { isRetryable: true });
    });
    for (const ageMs of [0, 20_000, HOUR_MS]) {
      clock.advance(ageMs);
      await handle();
      const { startAfter } = queue.sent.at(-1)?.options ?? {};
      const pauseMs = (startAfter?.getTime() ?? 0) - clock.now().getTime();
      expect(pauseMs).toBeGreaterThanOrEqual(1_000);
      expect(pauseMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('that can’t pass by waiting is closed at once', async () => {
    const { queue, handle } = await stored(async () => {
      throw new MusterError('github_invalid', 'no');
    });
    await handle();
    expect(queue.sent).toEqual([]);
    expect(await row()).toEqual({ state: 'failed', outcome: 'no' });
  });

  it('with a signed body that came before under another id is refused, unless GitHub lists it', async () => {
    const event = 'repository_dispatch';
    const handled: string[] = [];
    const first = await stored(async () => handled.push('d1'), { event });
    await first.handle();
    const replayed = await stored(async () => handled.push('d2'), { id: 'd2', event });
    await replayed.handle();
    expect(await row('d2')).toEqual({ state: 'stored', outcome: null });
    expect(replayed.queue.sent).toHaveLength(1);
    clock.advance(120_000);
    await replayed.handle();
    expect(await row('d2')).toMatchObject({ state: 'handled', outcome: expect.stringContaining('refused') });
    const honest = await stored(async () => handled.push('d3'), { id: 'd3', event, listed: 'd3' });
    await honest.handle();
    expect(await row('d3')).toEqual({ state: 'handled', outcome: 'run r_x' });
    expect(handled).toEqual(['d1', 'd3']);
  });

  it('of an event with ids of its own goes on under any id: its trigger is known', async () => {
    const handled: string[] = [];
    for (const id of ['d1', 'd2']) await (await stored(async () => handled.push(id), { id })).handle();
    expect(handled).toEqual(['d1', 'd2']);
  });
});
