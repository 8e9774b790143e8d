import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tenant } from '../../src/domain/tenant.ts';
import { eraseRemoved } from '../../src/runs/upkeep/erase.ts';
import { takeDelivery } from '../../src/runs/tables/inbox.ts';
import { createRun } from '../../src/runs/tables/run-rows.ts';
import { loadStanding } from '../../src/runs/tables/tenants.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { recordingQueue, runRequest } from '../support/runs.ts';

const TENANT = runRequest().tenant;
const OTHER: Tenant = { ...TENANT, id: 12, name: 'other' };

let database: TestDatabase;
let isReached: boolean | 'away';
let engine: ReturnType<typeof testEngine>;
const queue = recordingQueue();

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await database.transaction('system', async (tx) =>
    tx.query(
      'TRUNCATE inbox, cursors, tenants, runs, steps, results, signals, effects, ledger, budgets, outcomes, rungs, schedules, memory',
    ),
  );
  isReached = false;
  const refuse = async () => Promise.reject(new Error('GitHub is away'));
  engine = testEngine({
    database,
    githubAccess: {
      forTenant: refuse,
      revoke: refuse,
      reaches: async () => (isReached === 'away' ? refuse() : isReached),
    },
  });
});

describe('erasure', () => {
  const removedDaysAgo = async (days: number) =>
    database.transaction('system', async (tx) => {
      await tx.query(`UPDATE tenants SET removed_at = now() - $1::float8 * interval '1 day'`, [days]);
      await tx.query("UPDATE cursors SET turn_at = '-infinity'");
    });
  const rowsOf = async (tenantId: number) => {
    const tables = await database.transaction('system', async (tx) =>
      tx.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.columns
         WHERE column_name = 'tenant_id' AND table_schema = current_schema() ORDER BY 1`,
      ),
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await database.transaction('system', async (tx) =>
        tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${name} WHERE tenant_id = $1`, [tenantId]),
      );
      counts[name] = row?.n ?? 0;
    }
    return counts;
  };
  /** A row in every table that has a tenant. */
  const fill = async (tenant: Tenant) => {
    await createRun(database, queue, runRequest({ tenant, runId: `r_${'a'.repeat(10)}${tenant.id}` }));
    await database.transaction('system', async (tx) => {
      const id = tenant.id;
      const statements = [
        `INSERT INTO steps (tenant_id, run_id, key, kind, input_digest, attempt, started_at) VALUES (${id}, 'r', 'k', 'turn', 'd', 1, now())`,
        `INSERT INTO results (tenant_id, digest, body) VALUES (${id}, 'd', 'b')`,
        `INSERT INTO signals (tenant_id, run_id, signal_id, kind, payload) VALUES (${id}, 'r', 's', 'approve', '{}')`,
        `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt) VALUES (${id}, 'r', 'k', 'comment', 'verified', 'd', 1)`,
        `INSERT INTO ledger (tenant_id, run_id, key, model, reserved_micro_usd, attempt) VALUES (${id}, 'r', 'k', 'm', 1, 1)`,
        `INSERT INTO budgets (tenant_id, "window") VALUES (${id}, 'day:d')`,
        `INSERT INTO outcomes (tenant_id, run_id, agent, decision) VALUES (${id}, 'r', 'a', 'approved')`,
        `INSERT INTO rungs (tenant_id, agent, rung) VALUES (${id}, 'a', 'gated')`,
        `INSERT INTO memory (tenant_id, key, value) VALUES (${id}, 'k', 'v')`,
        `INSERT INTO schedules (tenant_id, agent, cron, next_at) VALUES (${id}, 'a', '* * * * *', now())`,
      ];
      for (const statement of statements) await tx.query(statement);
    });
    const body = `{"action":"opened","repository":{"id":${tenant.id},"name":"x"}}`;
    await takeDelivery(database, queue, { id: `guid-${tenant.id}`, event: 'issues', body });
  };

  it('leaves no row of a tenant in any table after seven days, and all of the others', async () => {
    await fill(TENANT);
    await fill(OTHER);
    const full = await rowsOf(OTHER.id);
    expect(Object.values(full).every((n) => n > 0)).toBe(true);
    await database.transaction('system', async (tx) =>
      tx.query(`UPDATE tenants SET removed_at = now() - interval '8 days' WHERE tenant_id = 11`),
    );
    expect(await eraseRemoved(engine)).toBe(1);
    expect(Object.values(await rowsOf(TENANT.id)).every((n) => n === 0)).toBe(true);
    expect(await rowsOf(OTHER.id)).toEqual(full);
    const payloads = await database.transaction('system', async (tx) =>
      tx.query<{ payload: string | null }>('SELECT payload FROM inbox ORDER BY delivery_id'),
    );
    expect(payloads.map(({ payload }) => payload === null)).toEqual([true, false]);
  });

  it('waits the seven days, and asks GitHub once more before it destroys', async () => {
    await fill(TENANT);
    await removedDaysAgo(6.9);
    expect(await eraseRemoved(engine)).toBe(0);
    await removedDaysAgo(7.1);
    isReached = true;
    expect(await eraseRemoved(engine)).toBe(0);
    expect(await loadStanding(database, TENANT.id)).toMatchObject({ isRemoved: false });
    expect((await rowsOf(TENANT.id))['runs']).toBe(1);
  });

  it('is put off where GitHub can’t be asked', async () => {
    await fill(TENANT);
    await removedDaysAgo(8);
    isReached = 'away';
    expect(await eraseRemoved(engine)).toBe(0);
    expect((await rowsOf(TENANT.id))['runs']).toBe(1);
  });
});
