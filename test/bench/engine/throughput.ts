import path from 'node:path';
import type { Child } from '../support/child.ts';
import { inTemporaryFolder } from '../support/folder.ts';
import { until } from '../support/wait.ts';
import { atLeast, type Figure, type Row, type RowContext } from './row.ts';
import { type Place, type Progress, startWorkerProcess, type WorkOptions } from './worker.ts';

/** Many enough that no tenant's limit is in the way. */
const TENANTS = 100;
const SLOTS = 10;
const LIMIT_MS = 100_000;

/** 1,000 runs of five recorded no-op steps that lie in the queue, worked off: runs a second. */
export const throughput: Row = {
  name: 'throughput',
  rounds: 3,
  measure: async (context) => {
    const count = context.isQuick ? 300 : 1_000;
    return [
      figure('PostgreSQL, 2 workers', 400, await onPostgres(context, count, SLOTS)),
      figure('embedded', 200, await embedded(count, SLOTS)),
      // By polling alone a worker would do about two a second.
      figure('PostgreSQL, 2 workers, one run at a time', 40, await onPostgres(context, count, 1)),
      figure('embedded, one run at a time', 40, await embedded(count, 1)),
    ];
  },
};

function figure(what: string, bar: number, runsPerSecond: number): Figure {
  return { what, value: runsPerSecond, unit: 'runs/s', bar: atLeast(bar) };
}

async function onPostgres({ postgres }: RowContext, count: number, concurrency: number): Promise<number> {
  const place: Place = { kind: 'server', url: await postgres.createDatabase() };
  const first = await startWorkerProcess(place);
  const second = await startWorkerProcess(place);
  return workOff([first, second], count, concurrency);
}

async function embedded(count: number, concurrency: number): Promise<number> {
  return inTemporaryFolder(async (folder) => {
    const worker = await startWorkerProcess({ kind: 'folder', folder: path.join(folder, 'postgres') });
    return workOff([worker], count, concurrency);
  });
}

async function workOff(workers: Child[], count: number, concurrency: number): Promise<number> {
  await workers[0]?.call('create', { from: 0, count, tenants: TENANTS });
  const startedAt = Date.now();
  const options: WorkOptions = { concurrency };
  await Promise.all(workers.map(async (worker) => worker.call('work', options)));
  const endedAt = await until('all runs ended', LIMIT_MS, async () => {
    const all = await Promise.all(workers.map(async (worker) => worker.call<Progress>('progress')));
    const ended = all.reduce((sum, progress) => sum + progress.ended, 0);
    return ended < count ? null : Math.max(...all.map((progress) => progress.lastEndAt));
  });
  await Promise.all(workers.map(async (worker) => worker.kill()));
  return count / ((endedAt - startedAt) / 1_000);
}
