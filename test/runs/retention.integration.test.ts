import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isEnded, RUN_STATES } from '../../src/domain/run.ts';
import { sweep } from '../../src/runs/upkeep/retention.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { silentLog } from '../support/log.ts';
import { runRequest } from '../support/runs.ts';

const TENANT = 11;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => database.close());
beforeEach(async () => {
  await run(
    'TRUNCATE inbox, cursors, runs, steps, results, signals, effects, ledger, budgets, outcomes, memory',
  );
});

async function run<Row>(sql: string, parameters: (string | number | null)[] = []): Promise<Row[]> {
  return database.transaction('system', async (tx) => tx.query<Row>(sql, parameters));
}

async function sweepAll() {
  const swept = await sweep({ database, log: silentLog });
  if (swept === null) throw new Error('not its turn');
  return swept;
}

async function addRun(runId: string, state: string, days: number): Promise<void> {
  await run(
    `INSERT INTO runs (tenant_id, run_id, work, subject_number, state, request, updated_at)
     VALUES ($1, $2, $2, 3, $3, $4, now() - $5::float8 * interval '1 day')`,
    [TENANT, runId, state, JSON.stringify(runRequest({ runId })), days],
  );
  await run(
    `INSERT INTO results (tenant_id, digest, body, created_at)
     VALUES ($1, $2, 'large', now() - $3::float8 * interval '1 day')`,
    [TENANT, `digest-${runId}`, days],
  );
  await run(
    `INSERT INTO steps (tenant_id, run_id, key, kind, input_digest, result_digest, attempt, started_at)
     VALUES ($1, $2, 'turn-1', 'turn', 'd', 'digest-' || $2, 1, now())`,
    [TENANT, runId],
  );
  await run(
    `INSERT INTO signals (tenant_id, run_id, signal_id, kind, payload) VALUES ($1, $2, 's', 'approve', '{}')`,
    [TENANT, runId],
  );
  await run(
    `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt)
     VALUES ($1, $2, 'p1', 'comment', 'verified', 'd', 1)`,
    [TENANT, runId],
  );
  await run(
    `INSERT INTO ledger (tenant_id, run_id, key, model, reserved_micro_usd, spent_micro_usd, attempt, at)
     VALUES ($1, $2, 'k', 'm', 1, 1, 1, now() - $3::float8 * interval '1 day')`,
    [TENANT, runId, days],
  );
  await run(`INSERT INTO budgets (tenant_id, "window") VALUES ($1, 'run:' || $2)`, [TENANT, runId]);
}

async function addDelivery(id: string, days: number): Promise<void> {
  await run(
    `INSERT INTO inbox (delivery_id, event, body_digest, payload, state, received_at)
     VALUES ($1, 'issues', 'd', '{}', 'handled', now() - $2::float8 * interval '1 day')`,
    [id, days],
  );
}

const TABLES = ['runs', 'steps', 'results', 'signals', 'effects'] as const;

async function runsIn(table: string): Promise<string[]> {
  const column = table === 'results' ? 'replace(digest, $1, $2)' : 'replace(run_id, $1, $2)';
  const rows = await run<{ id: string }>(`SELECT ${column} AS id FROM ${table} ORDER BY 1`, ['digest-', '']);
  return rows.map(({ id }) => id);
}

describe('retention', () => {
  it('keeps the body of a delivery for 30 days, and its id for 90', async () => {
    await addDelivery('new', 29);
    await addDelivery('old', 31);
    await addDelivery('ancient', 91);
    expect(await sweepAll()).toMatchObject({ payloads: 2, deliveries: 1 });
    expect(
      await run('SELECT delivery_id AS id, payload IS NULL AS "isEmpty" FROM inbox ORDER BY delivery_id'),
    ).toEqual([
      { id: 'new', isEmpty: false },
      { id: 'old', isEmpty: true },
    ]);
  });

  it('takes an ended run away with all that hangs on it after 90 days, and never an open one', async () => {
    for (const state of RUN_STATES) {
      await addRun(`${state}-old`, state, 91);
      await addRun(`${state}-new`, state, 89);
    }
    const kept = RUN_STATES.flatMap((state) =>
      isEnded(state) ? [`${state}-new`] : [`${state}-new`, `${state}-old`],
    );
    expect(await sweepAll()).toMatchObject({ runs: 6, results: 6 });
    for (const table of TABLES) expect([table, await runsIn(table)]).toEqual([table, kept.toSorted()]);
    const windows = await run<{ id: string }>(
      `SELECT replace("window", 'run:', '') AS id FROM budgets ORDER BY 1`,
    );
    expect(windows.map(({ id }) => id)).toEqual(kept.toSorted());
    expect(await run('SELECT 1 FROM ledger')).toHaveLength(RUN_STATES.length * 2);
  });

  it('keeps what was spent and decided a year beyond its month', async () => {
    await addRun('open', 'waiting', 500);
    for (const [key, days] of [
      ['old', 401],
      ['new', 399],
    ] as const) {
      await run(
        `INSERT INTO ledger (tenant_id, run_id, key, model, reserved_micro_usd, attempt, at)
         VALUES ($1, 'gone', $2, 'm', 1, 1, now() - $3::float8 * interval '1 day')`,
        [TENANT, key, days],
      );
      await run(
        `INSERT INTO outcomes (tenant_id, run_id, agent, decision, decided_at)
         VALUES ($1, $2, 'a', 'approved', now() - $3::float8 * interval '1 day')`,
        [TENANT, key, days],
      );
    }
    await run(
      `INSERT INTO budgets (tenant_id, "window") SELECT $1, w FROM unnest(ARRAY[
         'day:' || to_char(now() - interval '450 days', 'YYYY-MM-DD'),
         'open-day:' || to_char(now() - interval '450 days', 'YYYY-MM-DD'),
         'month:' || to_char(now() - interval '450 days', 'YYYY-MM'),
         'day:' || to_char(now(), 'YYYY-MM-DD'), 'month:' || to_char(now(), 'YYYY-MM')]) AS w`,
      [TENANT],
    );
    expect(await sweepAll()).toMatchObject({ ledger: 5, runs: 0 });
    expect(await run('SELECT key FROM ledger ORDER BY key')).toEqual([{ key: 'k' }, { key: 'new' }]);
    expect(await run('SELECT run_id FROM outcomes')).toEqual([{ run_id: 'new' }]);
    expect(await run(`SELECT 1 FROM budgets WHERE "window" NOT LIKE 'run:%'`)).toHaveLength(2);
  });

  it('takes expired notes that nobody reads', async () => {
    await run(
      `INSERT INTO memory (tenant_id, key, value, expires_at) VALUES
       ($1, 'expired', 'v', now() - interval '1 minute'), ($1, 'valid', 'v', now() + interval '1 day'), ($1, 'for-good', 'v', NULL)`,
      [TENANT],
    );
    expect(await sweepAll()).toMatchObject({ notes: 1 });
    expect(await run('SELECT key FROM memory ORDER BY key')).toEqual([{ key: 'for-good' }, { key: 'valid' }]);
  });

  it('leaves a large output that was recorded just now, before its step is seen', async () => {
    await run(`INSERT INTO results (tenant_id, digest, body) VALUES ($1, 'd', 'b')`, [TENANT]);
    expect(await sweepAll()).toMatchObject({ results: 0 });
  });

  it('goes on in batches until nothing is left', async () => {
    await run(
      `INSERT INTO inbox (delivery_id, event, body_digest, received_at)
       SELECT 'd' || n, 'issues', 'd', now() - interval '100 days' FROM generate_series(1, 1201) AS n`,
    );
    expect(await sweepAll()).toMatchObject({ deliveries: 1_201 });
  });

  it('is done once a day, by one replica', async () => {
    await sweepAll();
    expect(await sweep({ database, log: silentLog })).toBeNull();
    await run(`UPDATE cursors SET turn_at = now() - interval '25 hours'`);
    expect(await sweep({ database, log: silentLog })).not.toBeNull();
  });
});
