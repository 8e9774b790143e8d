import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import type { Job, Queue } from '../../../src/ports/queue.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';

let database: TestDatabase;
let queue: Queue;
let handle: (job: Job) => Promise<void>;
beforeAll(async () => {
  database = await openTestDatabase();
  queue = createQueue({ connection: database.boss, log: silentLog, pollMs: 200 });
  await queue.start();
  await queue.work('run', 2, async (job) => handle(job));
}, 60_000);
afterAll(async () => {
  await queue.stop(1_000);
  await database.close();
});

/** Resolves with the jobs as soon as `count` of them were handled. */
async function handled(
  count: number,
  work: (job: Job) => Promise<void> = async () => undefined,
): Promise<Job[]> {
  const jobs: Job[] = [];
  return new Promise((resolve) => {
    handle = async (job) => {
      jobs.push(job);
      try {
        await work(job);
      } finally {
        if (jobs.length === count) resolve(jobs);
      }
    };
  });
}

describe('the queue', () => {
  it('takes a job inside a transaction before anyone has looked into that queue', async () => {
    await database.transaction('system', async (tx) => queue.send('delivery', { n: 0 }, { tx }));
    const rows = await database.transaction('system', async (tx) =>
      tx.query("SELECT data FROM pgboss.job WHERE name = 'delivery'"),
    );
    expect(rows).toEqual([{ data: { n: 0 } }]);
  });

  it('hands out what was committed, and nothing that was rolled back', async () => {
    const first = handled(1);
    await database
      .transaction('system', async (tx) => {
        await queue.send('run', { n: 1 }, { tx, singletonKey: 'rolled-back' });
        throw new Error('no');
      })
      .catch(() => undefined);
    await database.transaction('system', async (tx) =>
      queue.send('run', { n: 2 }, { tx, singletonKey: 'kept' }),
    );
    const [job] = await first;
    expect(job?.data).toEqual({ n: 2 });
  });

  it('drops a second job of a key while one is queued or active, and takes one again after its end', async () => {
    let completed: () => void = () => undefined;
    const wasCompleted = new Promise<void>((resolve) => {
      completed = resolve;
    });
    const seen: unknown[] = [];
    const all = handled(2, async (job) => {
      seen.push(job.data['n']);
      if (seen.length > 1) return;
      await queue.send('run', { n: 3 }, { singletonKey: 'a' });
      await database.transaction('system', async (tx) => job.completeIn(tx));
      completed();
    });
    await database.transaction('system', async (tx) => {
      await queue.send('run', { n: 1 }, { singletonKey: 'a', tx });
      await queue.send('run', { n: 2 }, { singletonKey: 'a', tx });
    });
    await wasCompleted;
    await queue.send('run', { n: 4 }, { singletonKey: 'a' });
    await all;
    expect(seen).toEqual([1, 4]);
  });

  it('hands a failed job out again', async () => {
    const jobs = handled(2, async (job) => {
      if (job.retryCount === 0) throw new Error('once');
    });
    await queue.send('run', { n: 1 }, { singletonKey: 'fails' });
    expect((await jobs).map((job) => job.retryCount)).toEqual([0, 1]);
  });

  it('keeps the completion of a job when its transaction commits, and loses it when not', async () => {
    const jobs = handled(2, async (job) => {
      if (job.retryCount > 0) return;
      await database.transaction('system', async (tx) => {
        await job.completeIn(tx);
        throw new Error('rolled back');
      });
    });
    await queue.send('run', { n: 1 }, { singletonKey: 'rolls-back' });
    expect((await jobs).map((job) => job.retryCount)).toEqual([0, 1]);
  });
});
