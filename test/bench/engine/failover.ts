import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from '../support/child.ts';
import { median, percentile } from '../support/statistics.ts';
import { until } from '../support/wait.ts';
import { atMost, type Row, type RowContext } from './row.ts';
import { type Place, startWorkerProcess, type WorkOptions } from './worker.ts';

const AT_ONCE = 5;

/** SIGKILL of the worker that has a run, another one alive: seconds until the run's step is begun there. */
export const failover: Row = {
  name: 'failover',
  rounds: 1,
  measure: async (context) => {
    const seconds: number[] = [];
    for (let wave = 0; wave < (context.isQuick ? 1 : 4); wave += 1) {
      seconds.push(...(await Promise.all(Array.from({ length: AT_ONCE }, async () => killOne(context)))));
    }
    return [
      { what: `p95 of ${seconds.length}`, value: percentile(seconds, 0.95), unit: 's', bar: atMost(15) },
      { what: 'p50', value: median(seconds), unit: 's', bar: null },
    ];
  },
};

async function killOne({ postgres }: RowContext): Promise<number> {
  const place: Place = { kind: 'server', url: await postgres.createDatabase() };
  const workers = [await startWorkerProcess(place), await startWorkerProcess(place)];
  const options: WorkOptions = { concurrency: 1, holdAtStep: 3 };
  await Promise.all(workers.map(async (worker) => worker.call('work', options)));
  await workers[0]?.call('create', { from: 0, count: 1, tenants: 1 });
  const victim = await until('the run began', 10_000, async () => holder(workers));
  // At any point between two heartbeats.
  await pause(3_000 + Math.random() * 2_500);
  const killedAt = Date.now();
  await victim.worker.kill();
  const survivors = workers.filter((worker) => worker !== victim.worker);
  const next = await until('the run went on', 60_000, async () => holder(survivors));
  await Promise.all(survivors.map(async (worker) => worker.kill()));
  return (next.begunAt - killedAt) / 1_000;
}

/** The worker that is in the run's last step, and since when. */
async function holder(workers: Child[]): Promise<{ worker: Child; begunAt: number } | null> {
  for (const worker of workers) {
    const [begunAt] = Object.values(await worker.call<Record<string, number>>('begun'));
    if (begunAt !== undefined) return { worker, begunAt };
  }
  return null;
}
