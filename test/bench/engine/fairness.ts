import { setTimeout as pause } from 'node:timers/promises';
import { type Child, startChild } from '../support/child.ts';
import { percentile } from '../support/statistics.ts';
import { openPlace, type Place } from './worker.ts';
import { atMost, type Row, type RowContext } from './row.ts';

const QUIET_TENANTS = 8;
const QUIET_PER_SECOND = 2;
const NOISY_TENANT = 99;
const NOISY_TIMES = 100;

/**
 * How long the runs of quiet tenants lie in the queue while another tenant sends a hundred times as many as each of
 * them, far more than its share can work off, against how long they do when there is none. Two workers; each run
 * is 50 ms of waiting, as on a model.
 */
export const fairness: Row = {
  name: 'fairness',
  rounds: 3,
  measure: async (context) => {
    const aloneMs = await quietWaits(context, false);
    const besideMs = await quietWaits(context, true);
    const [alone, beside] = [percentile(aloneMs, 0.99), percentile(besideMs, 0.99)];
    return [
      {
        what: 'quiet tenants’ p99 beside a noisy one, to alone',
        value: beside / alone,
        unit: 'times',
        bar: atMost(2),
      },
      { what: 'p99 alone', value: alone, unit: 'ms', bar: null },
      { what: 'p99 beside a noisy one', value: beside, unit: 'ms', bar: null },
    ];
  },
};

async function quietWaits({ postgres, isQuick }: RowContext, withNoisy: boolean): Promise<number[]> {
  const place: Place = { kind: 'server', url: await postgres.createDatabase() };
  const workers: Child[] = [];
  for (let index = 0; index < 2; index += 1) {
    const worker = startChild(new URL('fairness-worker.ts', import.meta.url));
    await worker.call('work', place);
    workers.push(worker);
  }
  const { database, queue } = await openPlace(place);
  const seconds = isQuick ? 4 : 10;
  const send = async (tenantId: number, count: number): Promise<void> => {
    const jobs = Array.from({ length: count }, (_, index) => ({
      data: { tenantId, sentAt: performance.timeOrigin + performance.now() },
      options: { tenantId, singletonKey: `${tenantId}/${performance.now()}/${index}` },
    }));
    await queue.sendAll('run', jobs);
  };
  if (withNoisy) await send(NOISY_TENANT, 1_000);
  const endsAt = performance.now() + seconds * 1_000;
  const every = async (ms: number, work: () => Promise<void>): Promise<void> => {
    await pause(Math.random() * ms);
    for (let dueAt = performance.now(); dueAt < endsAt; dueAt += ms) {
      await pause(Math.max(0, dueAt - performance.now()));
      await work();
    }
  };
  const quiet = Array.from({ length: QUIET_TENANTS }, async (_, index) =>
    every(1_000 / QUIET_PER_SECOND, async () => send(index + 1, 1)),
  );
  const noisy = withNoisy
    ? every(100, async () => send(NOISY_TENANT, (NOISY_TIMES * QUIET_PER_SECOND) / 10))
    : Promise.resolve();
  await Promise.all([...quiet, noisy]);
  await pause(500);
  const waits = await Promise.all(workers.map(async (worker) => worker.call<number[][]>('waits')));
  await Promise.all(workers.map(async (worker) => worker.kill()));
  await queue.stop(0);
  await database.close();
  return waits
    .flat()
    .flatMap(([tenantId, waitMs]) => (tenantId === NOISY_TENANT || waitMs === undefined ? [] : [waitMs]));
}
