import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/adapters/pg-boss/queue.ts';
import type { JobOptions, Queue } from '../../../src/ports/queue.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/log.ts';

let database: TestDatabase;
let queue: Queue;
beforeEach(async () => {
  database = await openTestDatabase();
  // It never polls: whatever is handled here was fetched at the start, when a slot got free, or by a NOTIFY.
  queue = createQueue({ connection: database.boss, log: silentLog, pollMs: 3_600_000, tenantConcurrency: 4 });
  await queue.start();
}, 60_000);
afterEach(async () => {
  await queue.stop(0);
  await database.close();
});

async function sendMany(
  tenantId: number,
  count: number,
  options: Omit<JobOptions, 'tx'> = {},
): Promise<void> {
  const jobs = Array.from({ length: count }, (_, index) => ({
    data: { tenantId, index },
    options: { tenantId, singletonKey: `${tenantId}/${options.priority ?? 0}/${index}`, ...options },
  }));
  await queue.sendAll('run', jobs);
}

/** Jobs in the order in which they were begun; each is held until it is let go. */
interface Slots {
  begun: number[];
  /** Resolves when so many were begun. */
  until(count: number): Promise<void>;
  /** Lets the oldest that is held end. */
  letOneGo(): void;
}

async function work(concurrency: number): Promise<Slots> {
  const begun: number[] = [];
  const held: (() => void)[] = [];
  let notice: () => void = () => undefined;
  await queue.work('run', concurrency, async ({ data, signal }) => {
    begun.push(Number(data['tenantId']));
    notice();
    await new Promise<void>((resolve) => {
      held.push(resolve);
      signal.addEventListener('abort', () => resolve());
    });
  });
  return {
    begun,
    until: async (count) => {
      while (begun.length < count)
        await new Promise<void>((resolve) => {
          notice = resolve;
        });
    },
    letOneGo: () => held.shift()?.(),
  };
}

describe('fairness between tenants', () => {
  it('begins a tenant’s first run before the second of one that has a thousand queued', async () => {
    await sendMany(1, 1_000);
    await sendMany(2, 1);
    const slots = await work(2);
    await slots.until(2);
    expect(slots.begun).toEqual([1, 2]);
  });

  it('gives the next free slot to a tenant that has none, when others hold them all', async () => {
    await sendMany(1, 300);
    await sendMany(2, 300);
    const slots = await work(4);
    await slots.until(4);
    await sendMany(3, 1);
    slots.letOneGo();
    await slots.until(5);
    expect(slots.begun[4]).toBe(3);
  });

  it('takes turns between tenants that all have many', async () => {
    for (const tenantId of [1, 2, 3]) await sendMany(tenantId, 50);
    const slots = await work(3);
    await slots.until(3);
    expect(slots.begun.toSorted((left, right) => left - right)).toEqual([1, 2, 3]);
  });

  it('leaves slots empty rather than give one tenant more than its share', async () => {
    await sendMany(1, 20);
    const slots = await work(8);
    await slots.until(4);
    await sendMany(2, 1);
    await slots.until(5);
    expect(slots.begun).toEqual([1, 1, 1, 1, 2]);
  });

  it('puts a person who waits before a schedule', async () => {
    await sendMany(1, 1, { priority: 0 });
    await sendMany(2, 1, { priority: 10 });
    const slots = await work(1);
    await slots.until(1);
    expect(slots.begun).toEqual([2]);
  });
});

describe('an idle worker', () => {
  it('is woken by the commit of a job, without polling', async () => {
    const slots = await work(2);
    await database.transaction('system', async (tx) =>
      queue.send('run', { tenantId: 7 }, { tenantId: 7, singletonKey: '7/a', tx }),
    );
    await slots.until(1);
    expect(slots.begun).toEqual([7]);
  });
});
