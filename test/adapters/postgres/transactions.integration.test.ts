import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SqlValue, Transaction } from '../../../src/ports/database.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.transaction('system', async (tx) => tx.query('CREATE TABLE things (n bigint, word text)'));
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) => tx.query('TRUNCATE things'));
});

const insert = async (tx: Transaction, n: number) => tx.query('INSERT INTO things VALUES ($1)', [n]);
const things = async () =>
  (
    await database.transaction('system', async (tx) => tx.query<{ n: string }>('SELECT n::text FROM things'))
  ).map((row) => row.n);

describe('a transaction', () => {
  it('gives values back as they went in, and again from the same statement', async () => {
    const sql = `SELECT $1::text AS word, $2::bigint::text AS n, $3::boolean AS flag, $4::jsonb AS json,
                        $5::timestamptz AS at, $6::text[] AS words, $7::int[] AS ints, $8::text AS nothing`;
    const at = new Date('2026-01-02T03:04:05.678Z');
    const word = `it's "quoted" \\ and ünïcode\n`;
    const values: SqlValue[] = [
      word,
      9_007_199_254_740_991,
      true,
      '{"a": [1, null]}',
      at,
      ['a,b', '"'],
      [1, 2],
      null,
    ];
    for (let time = 0; time < 2; time += 1) {
      const rows = await database.transaction('system', async (tx) => tx.query(sql, values));
      expect(rows).toEqual([
        {
          word,
          n: '9007199254740991',
          flag: true,
          json: { a: [1, null] },
          at,
          words: ['a,b', '"'],
          ints: [1, 2],
          nothing: null,
        },
      ]);
    }
  });

  it('keeps the role of one scope out of the same statement in another', async () => {
    const sql = 'SELECT current_user::text AS name';
    const ask = async (scope: 'system' | number) =>
      (await database.transaction(scope, async (tx) => tx.query<{ name: string }>(sql)))[0]?.name;
    const own = await ask('system');
    expect([await ask(1), await ask('system'), await ask(2)]).toEqual([
      'muster_tenant',
      own,
      'muster_tenant',
    ]);
  });

  it('refuses a scope that is no whole number', async () => {
    const scope: number = JSON.parse('"1; RESET ROLE"');
    await expect(database.transaction(scope, async () => undefined)).rejects.toMatchObject({
      code: 'invalid_scope',
    });
  });

  it('fails where a statement failed, even if the code went on as if not', async () => {
    const swallowed = database.transaction('system', async (tx) => {
      await insert(tx, 1);
      await tx.query('SELECT 1/0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toMatchObject({ code: 'transaction_aborted' });
    expect(await things()).toEqual([]);
  });

  it('refuses statements after its end, where they would be nobody’s', async () => {
    let late: Transaction | undefined;
    await database.transaction(1, async (tx) => {
      late = tx;
      await tx.query('SELECT 1');
    });
    await expect(late?.query('SELECT 1')).rejects.toMatchObject({ code: 'transaction_closed' });
  });

  it('takes back what statements at the same time did, when one of them fails', async () => {
    const together = database.transaction('system', async (tx) =>
      Promise.all([insert(tx, 1), tx.query('SELECT no_such_column'), insert(tx, 2)]),
    );
    await expect(together).rejects.toMatchObject({ code: '42703' });
    await insertedAlone(3);
    expect(await things()).toEqual(['3']);
  });
});

async function insertedAlone(n: number): Promise<void> {
  await database.transaction('system', async (tx) => insert(tx, n));
}
