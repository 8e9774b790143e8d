import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import { openPglite } from '../../../src/adapters/postgres/pglite-database.ts';
import { openPostgres } from '../../../src/adapters/postgres/pg-database.ts';
import type { Database } from '../../../src/ports/database.ts';
import type { Queue } from '../../../src/ports/queue.ts';
import { silentLog } from '../../support/log.ts';
import { answerCalls, type Child, startChild } from '../support/child.ts';
import { createNoOpRuns, type OnStep, workNoOpRun } from './no-op-run.ts';

/** Where a worker's database is: a server, or a folder for the embedded one. */
export type Place = { kind: 'server'; url: string } | { kind: 'folder'; folder: string };

export interface WorkOptions {
  concurrency: number;
  /** From this step on, steps never end. */
  holdAtStep?: number;
}

export interface Progress {
  /** Runs that this process ended. */
  ended: number;
  /** Milliseconds of the epoch. */
  lastEndAt: number;
}

export interface Memory {
  heapBytes: number;
  residentBytes: number;
}

/** Jobs a tenant may have in hand, as in the server. */
const TENANT_CONCURRENCY = 4;

/** A worker process that answers `open`, `create`, `work`, `progress`, `begun`, `memory` and `close`. */
export async function startWorkerProcess(place: Place, nodeArguments: string[] = []): Promise<Child> {
  const worker = startChild(new URL(import.meta.url), nodeArguments);
  await worker.call('open', place);
  return worker;
}

/** Opens database and queue as a server of that kind does. */
export async function openPlace(place: Place): Promise<{ database: Database; queue: Queue }> {
  const isAlone = place.kind === 'folder';
  const database = isAlone ? await openPglite(place.folder) : await openPostgres(place.url, silentLog);
  const queue = createQueue({
    connection: database.boss,
    log: silentLog,
    tenantConcurrency: TENANT_CONCURRENCY,
    isAlone,
  });
  await queue.start();
  return { database, queue };
}

function answerAsWorker(): void {
  let opened: { database: Database; queue: Queue } | null = null;
  const progress: Progress = { ended: 0, lastEndAt: 0 };
  /** When the last step of each run that has not ended was begun, in milliseconds of the epoch. */
  const begun = new Map<string, number>();
  const current = (): { database: Database; queue: Queue } => {
    if (opened === null) throw new Error('not open');
    return opened;
  };
  const stepOf =
    (holdAtStep: number): OnStep =>
    async (runId, step) => {
      begun.set(runId, performance.timeOrigin + performance.now());
      if (step >= holdAtStep) await new Promise(() => undefined);
    };
  answerCalls({
    open: async (place: Place) => {
      opened = await openPlace(place);
    },
    create: async (runs: { from: number; count: number; tenants: number }) => {
      const { database, queue } = current();
      await createNoOpRuns(database, queue, runs);
    },
    work: async ({ concurrency, holdAtStep = Infinity }: WorkOptions) => {
      const { database, queue } = current();
      const onStep = stepOf(holdAtStep);
      await queue.work('run', concurrency, async (job) => {
        const runId = await workNoOpRun(database, job, onStep);
        begun.delete(runId);
        progress.ended += 1;
        progress.lastEndAt = performance.timeOrigin + performance.now();
      });
    },
    progress: async () => progress,
    begun: async () => Object.fromEntries(begun),
    memory: async (): Promise<Memory> => {
      globalThis.gc?.();
      const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();
      return { heapBytes, residentBytes };
    },
    close: async () => {
      const { database, queue } = current();
      await queue.stop(1_000);
      await database.close();
    },
  });
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) answerAsWorker();
