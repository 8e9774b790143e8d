import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import type { BossConnection } from '../../../src/adapters/postgres/boss-connection.ts';
import { openPglite } from '../../../src/adapters/postgres/pglite-database.ts';
import { openPostgres } from '../../../src/adapters/postgres/pg-database.ts';
import type { Database } from '../../../src/ports/database.ts';
import type { Queue } from '../../../src/ports/queue.ts';
import { silentLog } from '../../support/log.ts';
import { answerCalls } from '../support/child.ts';
import { createNoOpRuns, workNoOpRun } from './no-op-run.ts';

/** A worker process of the benches; the process itself is `worker.ts` run by `startChild`. */
export const WORKER = new URL(import.meta.url);

/** Where the worker's database is: a server, or a folder for the embedded one. */
export type Place = { kind: 'server'; url: string } | { kind: 'folder'; folder: string };

export interface Progress {
  /** Runs that this process ended. */
  ended: number;
  /** Milliseconds of the epoch. */
  lastEndAt: number;
}

let opened: { database: Database; queue: Queue } | null = null;
const progress: Progress = { ended: 0, lastEndAt: 0 };

function current(): { database: Database; queue: Queue } {
  if (opened === null) throw new Error('not open');
  return opened;
}

async function openPlace(place: Place): Promise<Database & { boss: BossConnection }> {
  return place.kind === 'server' ? openPostgres(place.url, silentLog) : openPglite(place.folder);
}

if (process.send !== undefined) {
  answerCalls({
    open: async ({ place, tenantConcurrency }: { place: Place; tenantConcurrency: number }) => {
      const database = await openPlace(place);
      const queue = createQueue({ connection: database.boss, log: silentLog, tenantConcurrency });
      await queue.start();
      opened = { database, queue };
    },
    create: async (runs: { from: number; count: number; tenants: number }) => {
      const { database, queue } = current();
      await createNoOpRuns(database, queue, runs);
    },
    work: async ({ concurrency }: { concurrency: number }) => {
      const { database, queue } = current();
      await queue.work('run', concurrency, async (job) => {
        await workNoOpRun(database, job);
        progress.ended += 1;
        progress.lastEndAt = Date.now();
      });
    },
    progress: async () => progress,
    close: async () => {
      const { database, queue } = current();
      await queue.stop(1_000);
      await database.close();
    },
  });
}
