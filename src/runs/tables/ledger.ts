import type { BudgetWindow } from '../../costs/budget.ts';
import type { MicroUsd } from '../../domain/money.ts';
import type { Run } from '../../domain/run.ts';
import type { SpendLine } from '../../domain/run-view.ts';
import type { TenantId } from '../../domain/tenant.ts';
import { NO_USAGE, type TokenUsage } from '../../domain/usage.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import { fence, isFirstClaim, staleAttempt } from './run-rows.ts';

export type Reservation = { kind: 'reserved'; key: string } | { kind: 'over_budget'; window: BudgetWindow };

/**
 * Sets the worst case of one call aside in every window at once, or in none: spent and reserved together
 * never pass a limit, however many workers ask.
 */
export async function reserve(
  database: Database,
  run: Run,
  call: { key: string; model: string; costMicroUsd: MicroUsd },
  windows: readonly BudgetWindow[],
): Promise<Reservation> {
  const tenantId = run.request.tenant.id;
  try {
    return await database.transaction(tenantId, async (tx) => {
      await fence(tx, run);
      // Always in the same order, so that two runs of a tenant can't wait for each other.
      for (const window of [...windows].sort((left, right) => left.key.localeCompare(right.key))) {
        if (!(await take(tx, tenantId, window, call.costMicroUsd))) throw new OverBudget(window);
      }
      await tx.query(
        'INSERT INTO ledger (tenant_id, run_id, key, model, reserved_micro_usd, attempt) VALUES ($1, $2, $3, $4, $5, $6)',
        [tenantId, run.request.runId, call.key, call.model, call.costMicroUsd, run.attempt],
      );
      return { kind: 'reserved', key: call.key };
    });
  } catch (error) {
    if (error instanceof OverBudget) return { kind: 'over_budget', window: error.window };
    throw error;
  }
}

/** Rolls the transaction back with its reason; never leaves this file. */
class OverBudget extends Error {
  readonly window: BudgetWindow;
  constructor(window: BudgetWindow) {
    super('over budget');
    this.window = window;
  }
}

async function take(
  tx: Transaction,
  tenantId: TenantId,
  window: BudgetWindow,
  microUsd: MicroUsd,
): Promise<boolean> {
  await tx.query('INSERT INTO budgets (tenant_id, "window") VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    tenantId,
    window.key,
  ]);
  const taken = await tx.query(
    `UPDATE budgets SET used_micro_usd = used_micro_usd + $3
     WHERE tenant_id = $1 AND "window" = $2 AND used_micro_usd + $3 <= $4 RETURNING 1`,
    [tenantId, window.key, microUsd, window.limitMicroUsd],
  );
  return taken.length === 1;
}

/** Replaces a reservation by what was really spent, in the transaction that records the reply. */
export async function settle(
  tx: Transaction,
  run: Run,
  call: { key: string; costMicroUsd: MicroUsd; usage: TokenUsage },
  windows: readonly BudgetWindow[],
): Promise<void> {
  const tenantId = run.request.tenant.id;
  const [row] = await tx.query<{ reserved: string }>(
    `UPDATE ledger SET spent_micro_usd = $4, usage = $5
     WHERE tenant_id = $1 AND run_id = $2 AND key = $3 AND spent_micro_usd IS NULL
     RETURNING reserved_micro_usd::text AS reserved`,
    [tenantId, run.request.runId, call.key, call.costMicroUsd, JSON.stringify(call.usage)],
  );
  if (row === undefined) return;
  await tx.query(
    'UPDATE budgets SET used_micro_usd = used_micro_usd + $3 WHERE tenant_id = $1 AND "window" = ANY($2)',
    [tenantId, windows.map((window) => window.key), call.costMicroUsd - Number(row.reserved)],
  );
}

/** Calls that were in flight when an earlier worker died are settled at their reservation: they may be billed. */
export async function settleInterrupted(database: Database, run: Run): Promise<void> {
  if (isFirstClaim(run)) return;
  await database.transaction(run.request.tenant.id, async (tx) => {
    const held = await tx.query(
      `WITH held AS (SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2 AND attempt = $3 FOR NO KEY UPDATE),
       settled AS (UPDATE ledger SET spent_micro_usd = reserved_micro_usd FROM held
                   WHERE tenant_id = $1 AND run_id = $2 AND spent_micro_usd IS NULL AND attempt < $3)
       SELECT 1 FROM held`,
      [run.request.tenant.id, run.request.runId, run.attempt],
    );
    if (held.length === 0) throw staleAttempt(run);
  });
}

/** What the run has spent, in the order in which it was reserved. */
export async function loadSpend(tx: Transaction, tenantId: TenantId, runId: string): Promise<SpendLine[]> {
  const rows = await tx.query<{ key: string; model: string; cost: string; usage: TokenUsage | null }>(
    `SELECT key, model, coalesce(spent_micro_usd, reserved_micro_usd)::text AS cost, usage FROM ledger
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY sequence`,
    [tenantId, runId],
  );
  return rows.map((row) => ({
    step: stepLabel(row.key),
    model: row.model,
    usage: row.usage ?? NO_USAGE,
    costMicroUsd: Number(row.cost),
  }));
}

/** `r1/turn-3#2.1` as people read it: `turn 3, rework 1`. */
export function stepLabel(key: string): string {
  const [, round = '0', step = key] = /^r(\d+)\/(.*?)#/.exec(key) ?? [];
  const name = step.replaceAll('-', ' ');
  return round === '0' ? name : `${name}, rework ${round}`;
}

/** How often the model was asked in the last step that asked one, and the time between the first and the last of it. */
export async function loadLastAsked(
  tx: Transaction,
  tenantId: TenantId,
  runId: string,
): Promise<{ key: string; model: string; times: number; overMs: number } | null> {
  const [row] = await tx.query<{ key: string; model: string; times: number; over_ms: number }>(
    `SELECT max(key) AS key, max(model) AS model, count(*)::int AS times,
       (extract(epoch FROM max(at) - min(at)) * 1000)::float8 AS over_ms
     FROM ledger WHERE tenant_id = $1 AND run_id = $2 AND split_part(key, '#', 1) = (
       SELECT split_part(key, '#', 1) FROM ledger WHERE tenant_id = $1 AND run_id = $2 ORDER BY sequence DESC LIMIT 1)
     HAVING count(*) > 0`,
    [tenantId, runId],
  );
  if (row === undefined) return null;
  const { key, model, times, over_ms: overMs } = row;
  return { key, model, times, overMs };
}

/** What each window holds already, reservations included. */
export async function loadUsed(
  tx: Transaction,
  tenantId: TenantId,
  windows: readonly BudgetWindow[],
): Promise<Map<string, MicroUsd>> {
  const rows = await tx.query<{ window: string; used: string }>(
    'SELECT "window", used_micro_usd::text AS used FROM budgets WHERE tenant_id = $1 AND "window" = ANY($2)',
    [tenantId, windows.map((window) => window.key)],
  );
  return new Map(rows.map((row) => [row.window, Number(row.used)]));
}

/** Costs of the last runs of an agent here that ended, for its quote. */
export async function loadCostHistory(
  tx: Transaction,
  tenantId: TenantId,
  work: string,
): Promise<MicroUsd[]> {
  const rows = await tx.query<{ cost: string }>(
    `SELECT sum(l.spent_micro_usd)::text AS cost
     FROM (SELECT tenant_id, run_id, created_at FROM runs WHERE tenant_id = $1 AND work = $2 AND state = 'done'
           ORDER BY created_at DESC LIMIT 50) r
     JOIN ledger l USING (tenant_id, run_id) GROUP BY r.run_id, r.created_at ORDER BY r.created_at DESC`,
    [tenantId, work],
  );
  return rows.map((row) => Number(row.cost));
}
