import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());

const count = 'SELECT count(*)::int AS n FROM budgets';

describe('database', () => {
  it('shows a tenant its own rows only, and lets it write no others', async () => {
    await database.transaction(1, async (tx) => tx.query("INSERT INTO budgets VALUES (1, 'day', 5)"));
    await database.transaction(2, async (tx) => tx.query("INSERT INTO budgets VALUES (2, 'day', 7)"));
    const own = await database.transaction(1, async (tx) => tx.query<{ n: number }>(count));
    const all = await database.transaction('system', async (tx) => tx.query<{ n: number }>(count));
    expect([own[0]?.n, all[0]?.n]).toEqual([1, 2]);
    await expect(
      database.transaction(1, async (tx) => tx.query("INSERT INTO budgets VALUES (2, 'month', 1)")),
    ).rejects.toMatchObject({ code: '42501' });
    await database.transaction(1, async (tx) => tx.query('UPDATE budgets SET used_micro_usd = 99'));
    const other = await database.transaction(2, async (tx) =>
      tx.query<{ used: string }>('SELECT used_micro_usd::text AS used FROM budgets'),
    );
    expect(other).toEqual([{ used: '7' }]);
  });

  it('hides the inbox from tenants and leaves no role behind after a transaction', async () => {
    await expect(
      database.transaction(1, async (tx) => tx.query('SELECT * FROM inbox')),
    ).rejects.toMatchObject({
      code: '42501',
    });
    const rows = await database.transaction('system', async (tx) => tx.query('SELECT * FROM inbox'));
    expect(rows).toEqual([]);
  });

  it('rolls back everything when the work throws', async () => {
    await expect(
      database.transaction(3, async (tx) => {
        await tx.query("INSERT INTO budgets VALUES (3, 'day', 1)");
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await database.transaction(3, async (tx) => tx.query('SELECT * FROM budgets'))).toEqual([]);
  });
});
