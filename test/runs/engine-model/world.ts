import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { runIdFor } from '../../../src/domain/trigger.ts';
import type { Queue, QueueName } from '../../../src/ports/queue.ts';
import { testClock, type TestClock } from '../../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';
import { runRequest } from '../../support/runs.ts';
import { createFakeGitHub, type FakeGitHub } from './fake-github.ts';
import { NOTHING, type Picture } from './picture.ts';

/** Of any queue: what ours put into them is text and numbers. */
export type FetchedJob = JobWithMetadata<Record<string, string | number>>;

/** What all tries of the property share. */
export interface Room {
  database: TestDatabase;
  /** Ours, for sending; jobs are fetched one at a time through `boss`. */
  queue: Queue;
  boss: PgBoss;
  close(): Promise<void>;
}

export const BUDGETS = { runMicroUsd: 120, dayMicroUsd: 200, monthMicroUsd: 300 };

/** One try: a tenant of its own. */
export interface World extends Room {
  tenantId: number;
  clock: TestClock;
  github: FakeGitHub;
  /** The model: what the engine should hold now. */
  picture: Picture;
  /** Windows of each reservation, by run and key. */
  windows: Map<string, string[]>;
  /** What no half-step may do, but did. */
  violations: string[];
  /** Half-steps and what they did, for whoever reads a counterexample. */
  trace: string[];
}

export async function openRoom(): Promise<Room> {
  const database = await openTestDatabase();
  const queue = createQueue({ connection: database.boss, log: silentLog });
  await queue.start();
  const boss = new PgBoss({ ...database.boss.options, supervise: false, schedule: false });
  await boss.start();
  return {
    database,
    queue,
    boss,
    close: async () => {
      await boss.stop({ graceful: false, close: false });
      await queue.stop(0);
      await database.close();
    },
  };
}

let tenants = 100;

export async function openWorld(room: Room): Promise<World> {
  tenants += 1;
  await system(room, 'DELETE FROM pgboss.job');
  await system(room, 'DELETE FROM inbox');
  const clock = testClock();
  // The database's clock stands still here: what is set for a time after jumps is set back by them.
  clock.advance(Date.now() - clock.now().getTime());
  const startedAt = clock.now().getTime();
  const jumped = () => clock.now().getTime() - startedAt;
  return {
    ...room,
    queue: {
      ...room.queue,
      send: async (queue, data, { startAfter, ...options } = {}) =>
        room.queue.send(
          queue,
          data,
          startAfter === undefined
            ? options
            : { ...options, startAfter: new Date(startAfter.getTime() - jumped()) },
        ),
    },
    tenantId: tenants,
    clock,
    github: createFakeGitHub(),
    picture: NOTHING,
    windows: new Map(),
    violations: [],
    trace: [],
  };
}

/** Triggers 0 and 1 ask for the same agent on the same issue, 2 on another one. */
export function requestOf({ tenantId }: World, trigger: number): RunRequest {
  const key = `label:${trigger}`;
  return runRequest({
    runId: runIdFor(tenantId, 'agent:fixer', key),
    tenant: { id: tenantId, owner: 'octo', name: 'shop', installationId: 5 },
    subject: { kind: 'issue', number: trigger < 2 ? 1 : 2 },
    work: { kind: 'agent', name: 'fixer' },
    trigger: { kind: 'label', key, actor: null, at: '2026-01-01T00:00:00Z', summary: 'a label' },
  });
}

/** Moves the engine's clock and the times of the queue, as if the database's clock had jumped, too. */
export async function jump(world: World, hours: number): Promise<void> {
  world.clock.advance(hours * 3_600_000);
  await system(
    world,
    `UPDATE pgboss.job SET start_after = start_after - $1 * interval '1 hour',
     heartbeat_on = heartbeat_on - $1 * interval '1 hour', started_on = started_on - $1 * interval '1 hour'
     WHERE state < 'completed'`,
    [hours],
  );
  await supervise(world);
}

/** The heartbeat of one job is not seen for longer than it may be. */
export async function lapse(world: World, jobId: string): Promise<void> {
  await system(
    world,
    "UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 minute' WHERE id = $1",
    [jobId],
  );
  await supervise(world);
}

/** Lets the queue see what has lapsed, whatever it looked at in the last second, and retry it at once. */
async function supervise(world: World): Promise<void> {
  for (;;) {
    await system(world, 'UPDATE pgboss.queue SET monitor_on = NULL, monitor_claim_on = NULL');
    await world.boss.supervise();
    const lapsed = await system(
      world,
      `SELECT 1 FROM pgboss.job WHERE state = 'active'
       AND heartbeat_on + heartbeat_seconds * interval '1 second' < now()`,
    );
    if (lapsed.length === 0) break;
  }
  await system(world, "UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'");
}

/** The next job that is due, in hand. */
export async function fetchJob({ boss }: World, queue: QueueName): Promise<FetchedJob | null> {
  const [job] = await boss.fetch<FetchedJob['data']>(queue, { batchSize: 1, includeMetadata: true });
  return job ?? null;
}

async function system<Row>(
  { database }: Room,
  sql: string,
  values: (string | number)[] = [],
): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql, values));
}
