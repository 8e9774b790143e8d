import { isEnded, RUN_STATES } from '../../domain/run.ts';
import type { Database } from '../../ports/database.ts';
import { takeTurn } from '../tables/cursors.ts';
import type { Engine } from '../engine.ts';

const EVERY_MS = 24 * 3_600_000;
/** Small enough that nobody waits long for a lock, or for the one connection of an embedded database. */
const BATCH = 500;

/** How long rows are kept, in days. Open runs are never touched, however old they are. */
const KEPT_DAYS = {
  /** Bodies of deliveries. */
  payloads: 30,
  /** Ids of deliveries: as long, the same one is not taken again. */
  deliveries: 90,
  /** Runs with their journals, results, signals and effects, after their end. */
  runs: 90,
  /** What was spent, and what people decided: a year beyond the month that it belongs to. */
  ledger: 400,
} as const;

/** What one sweep took away, in rows. */
export type Swept = Record<'payloads' | 'deliveries' | 'runs' | 'results' | 'notes' | 'ledger', number>;

/** Takes away what nobody needs any more, once a day; null where that was done within the day. */
export async function sweep(engine: Pick<Engine, 'database' | 'log'>): Promise<Swept | null> {
  if ((await takeTurn(engine.database, 'retention', EVERY_MS)) === null) return null;
  const swept = await sweepNow(engine.database);
  engine.log.info('old rows were taken away', swept);
  return swept;
}

async function sweepNow(database: Database): Promise<Swept> {
  const inBatches = async (sql: string, days: number) => repeat(database, sql, [days, BATCH]);
  return {
    payloads: await inBatches(
      `UPDATE inbox SET payload = NULL WHERE delivery_id IN (SELECT delivery_id FROM inbox
         WHERE received_at < ${before('$1')} AND payload IS NOT NULL LIMIT $2) RETURNING 1`,
      KEPT_DAYS.payloads,
    ),
    deliveries: await inBatches(
      `DELETE FROM inbox WHERE delivery_id IN (SELECT delivery_id FROM inbox
         WHERE received_at < ${before('$1')} LIMIT $2) RETURNING 1`,
      KEPT_DAYS.deliveries,
    ),
    runs: await sweepRuns(database),
    // A step that names a large output is recorded together with it; a day is more than any transaction takes.
    results: await inBatches(
      `DELETE FROM results WHERE (tenant_id, digest) IN (SELECT tenant_id, digest FROM results r
         WHERE created_at < ${before('$1')} AND NOT EXISTS (SELECT 1 FROM steps s
           WHERE s.tenant_id = r.tenant_id AND s.result_digest = r.digest) LIMIT $2) RETURNING 1`,
      1,
    ),
    notes: await inBatches(
      `DELETE FROM memory WHERE (tenant_id, key) IN (SELECT tenant_id, key FROM memory
         WHERE expires_at < ${before('$1')} LIMIT $2) RETURNING 1`,
      0,
    ),
    ledger: await sweepLedger(database),
  };
}

/** Each batch takes runs with all that hangs on them, so that none is ever left in halves. */
async function sweepRuns(database: Database): Promise<number> {
  const ended = RUN_STATES.filter(isEnded);
  const chosen = `WITH gone AS (DELETE FROM runs WHERE (tenant_id, run_id) IN (SELECT tenant_id, run_id FROM runs
      WHERE updated_at < ${before('$1')} AND state = ANY($3) LIMIT $2) RETURNING tenant_id, run_id)`;
  const hanging = ['steps', 'signals', 'effects'].map(
    (table) =>
      `${table}_gone AS (DELETE FROM ${table} WHERE (tenant_id, run_id) IN (SELECT tenant_id, run_id FROM gone))`,
  );
  const sql = `${[chosen, ...hanging].join(',\n')},
    windows_gone AS (DELETE FROM budgets WHERE (tenant_id, "window") IN
      (SELECT tenant_id, 'run:' || run_id FROM gone))
    SELECT 1 FROM gone`;
  return repeat(database, sql, [KEPT_DAYS.runs, BATCH, ended]);
}

async function sweepLedger(database: Database): Promise<number> {
  const lines = await repeat(
    database,
    `DELETE FROM ledger WHERE (tenant_id, run_id, key) IN (SELECT tenant_id, run_id, key FROM ledger l
       WHERE at < ${before('$1')} AND NOT EXISTS (SELECT 1 FROM runs r
         WHERE r.tenant_id = l.tenant_id AND r.run_id = l.run_id) LIMIT $2) RETURNING 1`,
    [KEPT_DAYS.ledger, BATCH],
  );
  const windows = await repeat(
    database,
    `DELETE FROM budgets WHERE (tenant_id, "window") IN (SELECT tenant_id, "window" FROM budgets
       WHERE "window" !~ '^run:' AND split_part("window", ':', 2) < to_char(${before('$1')}, 'YYYY-MM') LIMIT $2)
     RETURNING 1`,
    [KEPT_DAYS.ledger, BATCH],
  );
  const outcomes = await repeat(
    database,
    `DELETE FROM outcomes WHERE (tenant_id, run_id, decision) IN (SELECT tenant_id, run_id, decision FROM outcomes
       WHERE decided_at < ${before('$1')} LIMIT $2) RETURNING 1`,
    [KEPT_DAYS.ledger, BATCH],
  );
  return lines + windows + outcomes;
}

function before(days: string): string {
  return `now() - ${days}::float8 * interval '1 day'`;
}

/** Repeats a statement, each time in a transaction of its own, until it finds less than a whole batch. */
async function repeat(
  database: Database,
  sql: string,
  parameters: [days: number, batch: number, ...rest: string[][]],
): Promise<number> {
  let total = 0;
  for (;;) {
    const rows = await database.transaction('system', async (tx) => tx.query(sql, parameters));
    total += rows.length;
    if (rows.length < parameters[1]) return total;
  }
}
