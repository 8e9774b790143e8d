import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, startChild } from '../support/child.ts';
import { atLeast, type Figure, type Row, type RowContext } from './row.ts';
import { type Place, type Progress, WORKER } from './worker.ts';

/** Many enough that no tenant's limit is in the way. */
const TENANTS = 100;

/** 1,000 runs of five recorded no-op steps that lie in the queue, worked off: runs a second. */
export const throughput: Row = {
  name: 'throughput',
  rounds: 3,
  measure: async (context) => {
    const count = context.isQuick ? 300 : 1_000;
    return [
      figure('PostgreSQL, 2 workers', 400, await onPostgres(context, count, 8)),
      figure('PostgreSQL, 2 workers, one run at a time', 0, await onPostgres(context, count, 1)),
      figure('embedded', 200, await embedded(count, 8)),
      figure('embedded, one run at a time', 0, await embedded(count, 1)),
    ];
  },
};

function figure(what: string, bar: number, runsPerSecond: number): Figure {
  return { what, value: runsPerSecond, unit: 'runs/s', bar: bar === 0 ? null : atLeast(bar) };
}

async function onPostgres({ postgres }: RowContext, count: number, concurrency: number): Promise<number> {
  const place: Place = { kind: 'server', url: await postgres.createDatabase() };
  const first = startChild(WORKER);
  const second = startChild(WORKER);
  await first.call('open', { place, tenantConcurrency: 4 });
  await second.call('open', { place, tenantConcurrency: 4 });
  return workOff([first, second], count, concurrency);
}

async function embedded(count: number, concurrency: number): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-bench-'));
  const worker = startChild(WORKER);
  const place: Place = { kind: 'folder', folder: path.join(folder, 'postgres') };
  await worker.call('open', { place, tenantConcurrency: 4 });
  const runsPerSecond = await workOff([worker], count, concurrency);
  await rm(folder, { recursive: true, force: true });
  return runsPerSecond;
}

async function workOff(workers: Child[], count: number, concurrency: number): Promise<number> {
  await workers[0]?.call('create', { from: 0, count, tenants: TENANTS });
  const startedAt = Date.now();
  await Promise.all(workers.map(async (worker) => worker.call('work', { concurrency })));
  const endedAt = await whenEnded(workers, count);
  await Promise.all(workers.map(async (worker) => worker.call('close')));
  await Promise.all(workers.map(async (worker) => worker.kill()));
  return count / ((endedAt - startedAt) / 1_000);
}

async function whenEnded(workers: Child[], count: number): Promise<number> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const all = await Promise.all(workers.map(async (worker) => worker.call<Progress>('progress')));
    const ended = all.reduce((sum, progress) => sum + progress.ended, 0);
    if (ended >= count) return Math.max(...all.map((progress) => progress.lastEndAt));
    await pause(50);
  }
  throw new Error('the runs did not end within two minutes');
}
