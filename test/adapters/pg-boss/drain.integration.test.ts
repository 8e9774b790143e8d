import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import type { Job, Queue } from '../../../src/ports/queue.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';

let database: TestDatabase;
let leaving: Queue;
let staying: Queue;
beforeEach(async () => {
  database = await openTestDatabase();
  const settings = { connection: database.boss, log: silentLog, pollMs: 3_600_000 };
  leaving = createQueue(settings);
  staying = createQueue(settings);
  await leaving.start();
  await staying.start();
}, 60_000);
afterEach(async () => {
  await staying.stop(0);
  await database.close();
});

/** The next job that the queue hands out; `handle` says how long it is worked on. */
async function nextJob(
  queue: Queue,
  handle: (job: Job) => Promise<void> = async () => undefined,
): Promise<Job> {
  return new Promise((resolve, reject) => {
    queue
      .work('run', 1, async (job) => {
        resolve(job);
        await handle(job);
      })
      .catch(reject);
  });
}

async function untilAborted({ signal }: Job): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('put down')));
  });
}

describe('a queue that stops', () => {
  it('lets what is in hand end', async () => {
    let end: () => void = () => undefined;
    const job = nextJob(leaving, async () => new Promise((resolve) => (end = resolve)));
    await leaving.send('run', { n: 1 }, { singletonKey: 'a' });
    await job;
    const stopped = leaving.stop(60_000);
    end();
    await stopped;
    await staying.send('run', { n: 2 }, { singletonKey: 'a' });
    expect((await nextJob(staying)).data).toEqual({ n: 2 });
  });

  it('hands back what takes too long, for others to begin at once, and without counting a try', async () => {
    const first = nextJob(leaving, untilAborted);
    await leaving.send('run', { n: 1 }, { singletonKey: 'a' });
    const { id, signal } = await first;
    const second = nextJob(staying);
    await leaving.stop(0);
    expect(signal.reason).toMatchObject({ code: 'draining' });
    expect(await second).toMatchObject({ id, retryCount: 0, data: { n: 1 } });
  });

  it('goes even if a job does not let go of it', async () => {
    const job = nextJob(leaving, async () => new Promise(() => undefined));
    await leaving.send('run', { n: 1 }, { singletonKey: 'a' });
    await job;
    await expect(leaving.stop(0)).resolves.toBeUndefined();
  });

  it('takes nothing more', async () => {
    const begun: unknown[] = [];
    await leaving.work('run', 1, async (job) => {
      begun.push(job.data);
    });
    await leaving.stop(0);
    await staying.send('run', { n: 1 }, { singletonKey: 'a' });
    await nextJob(staying);
    expect(begun).toEqual([]);
  });
});
