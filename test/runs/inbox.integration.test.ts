import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import type { Database } from '../../src/ports/database.ts';
import { createIntake, takeDelivery, type Delivery } from '../../src/runs/tables/inbox.ts';
import { testClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingQueue } from '../support/runs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE inbox'));
});

function delivery(id: string, overrides: Partial<Delivery> = {}): Delivery {
  return { id, event: 'issues', body: `{"of":"${id}"}`, ...overrides };
}

/** Counts the transactions, and breaks the one of that number. */
function counting(broken = 0): Database & { count(): number } {
  let transactions = 0;
  return {
    ...database,
    count: () => transactions,
    transaction: async (scope, work) => {
      transactions += 1;
      if (transactions === broken) throw new Error('no database');
      return database.transaction(scope, work);
    },
  };
}

async function inbox(): Promise<{ delivery_id: string; payload: string }[]> {
  return database.transaction('system', async (tx) =>
    tx.query('SELECT delivery_id, payload FROM inbox ORDER BY delivery_id'),
  );
}

const range = (count: number) => Array.from({ length: count }, (_, index) => `d${index}`);

describe('the inbox', () => {
  it('takes an id once, with one job', async () => {
    const queue = recordingQueue();
    expect(await takeDelivery(database, queue, delivery('a'))).toBe('stored');
    expect(await takeDelivery(database, queue, delivery('a', { body: '{}' }))).toBe('duplicate');
    expect(await inbox()).toEqual([{ delivery_id: 'a', payload: '{"of":"a"}' }]);
    expect(queue.sent).toMatchObject([{ queue: 'delivery', data: { deliveryId: 'a' } }]);
  });

  it('writes deliveries that come together together: the first alone, the others with one commit', async () => {
    const queue = recordingQueue();
    const counted = counting();
    const take = createIntake(counted, queue, testClock());
    const taken = await Promise.all(range(60).map(async (id) => take(delivery(id))));
    expect(taken).toEqual(range(60).map(() => 'stored'));
    expect(counted.count()).toBe(2);
    expect(queue.sent.map((job) => job.data['deliveryId'])).toEqual(range(60));
    expect(await inbox()).toHaveLength(60);
  });

  it('answers `duplicate` to copies in one group, and to what an earlier group has', async () => {
    const queue = recordingQueue();
    const take = createIntake(database, queue, testClock());
    await take(delivery('a'));
    const copies = [delivery('first'), delivery('b'), delivery('b', { body: '{}' }), delivery('a')];
    const taken = await Promise.all(copies.map(async (copy) => take(copy)));
    expect(taken).toEqual(['stored', 'stored', 'duplicate', 'duplicate']);
    expect((await inbox()).find((row) => row.delivery_id === 'b')?.payload).toBe('{"of":"b"}');
    expect(queue.sent.map((job) => job.data['deliveryId'])).toEqual(['a', 'first', 'b']);
  });

  it('refuses a whole group when its transaction fails, and takes the next', async () => {
    const take = createIntake(counting(2), recordingQueue(), testClock());
    const answers = await Promise.allSettled(range(5).map(async (id) => take(delivery(id))));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', ...range(4).map(() => 'rejected')]);
    expect(await take(delivery('d3'))).toBe('stored');
    expect((await inbox()).map((row) => row.delivery_id)).toEqual(['d0', 'd3']);
  });

  it('never puts more than eight million characters into one transaction, and takes a larger one alone', async () => {
    const counted = counting();
    const take = createIntake(counted, recordingQueue(), testClock());
    const bodies = ['x', 'x'.repeat(9_000_000), 'y', 'y'.repeat(5_000_000), 'z'.repeat(5_000_000)];
    await Promise.all(bodies.map(async (body, index) => take(delivery(`d${index}`, { body }))));
    expect(counted.count()).toBe(4);
  });

  it('refuses at once all that waits when the database is away', async () => {
    let transactions = 0;
    const away: Database = {
      ...database,
      transaction: async () => {
        transactions += 1;
        throw new MusterError('database_unavailable', 'away', { isRetryable: true });
      },
    };
    const take = createIntake(away, recordingQueue(), testClock());
    const answers = await Promise.allSettled(range(200).map(async (id) => take(delivery(id))));
    expect(answers.every((answer) => answer.status === 'rejected')).toBe(true);
    expect(transactions).toBe(1);
  });

  it('refuses what comes, and all that waits, while the database is silent; then takes again', async () => {
    const clock = testClock();
    const silence = Promise.withResolvers<undefined>();
    const silent: Database = {
      ...database,
      transaction: async (scope, work) => {
        await silence.promise;
        return database.transaction(scope, work);
      },
    };
    const take = createIntake(silent, recordingQueue(), clock);
    const [first, waits] = [take(delivery('d0')), take(delivery('d1'))];
    clock.advance(6_000);
    await expect(take(delivery('d2'))).rejects.toMatchObject({ code: 'inbox_busy' });
    await expect(waits).rejects.toMatchObject({ code: 'inbox_busy' });
    silence.resolve(undefined);
    expect(await first).toBe('stored');
    expect(await take(delivery('d1'))).toBe('stored');
  });

  it('holds no more than 64 million characters that are not stored yet', async () => {
    const take = createIntake(database, recordingQueue(), testClock());
    const body = 'x'.repeat(25 * 1024 * 1024);
    const answers = await Promise.allSettled(range(4).map(async (id) => take(delivery(id, { body }))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(await take(delivery('d3'))).toBe('stored');
  });

  it('groups the jobs of a tenant where the delivery says whose it is', async () => {
    const queue = recordingQueue();
    await takeDelivery(database, queue, delivery('a', { tenantId: 7 }));
    expect(queue.sent[0]?.options.tenantId).toBe(7);
  });
});
