import { digestOf } from '../../domain/digest.ts';
import type { Effect, EffectState, Receipt } from '../../domain/effect.ts';
import { MusterError } from '../../domain/errors.ts';
import { storableJson } from '../../domain/json.ts';
import type { Run } from '../../domain/run.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import { fence } from './run-rows.ts';

/** What makes an effect the same one on a resume. */
export interface EffectIdentity {
  /** Stable in its run, e.g. `r0/publish:p1`. */
  key: string;
  kind: string;
  /** What is to be done; recorded as a digest before the call. */
  intent: unknown;
}

interface EffectRow {
  key: string;
  kind: string;
  state: EffectState;
  intent: string;
  receipt: Receipt | null;
  reason: string | null;
  intended_at: string | Date;
}

/** An effect, and since when it may have happened: ISO 8601, by the database's clock. */
export type IntendedEffect = Effect & { intendedAt: string };

const COLUMNS = 'key, kind, state, intent, receipt, reason, intended_at';

/** Every effect of the run, in the order in which they were intended. */
export async function loadEffects(tx: Transaction, tenantId: TenantId, runId: string): Promise<Effect[]> {
  const rows = await tx.query<EffectRow>(
    `SELECT ${COLUMNS} FROM effects WHERE tenant_id = $1 AND run_id = $2 ORDER BY intended_at, key`,
    [tenantId, runId],
  );
  return rows.map(toEffect);
}

/**
 * What failed, or is not known to have happened, in this round and since the last `/retry`, and how long it was tried
 * since then: an effect that a `/retry` reopened keeps the time at which it was first intended.
 */
export async function loadBroken(
  tx: Transaction,
  { request: { tenant, runId } }: Run,
  round: number,
): Promise<{ kind: string; tookMs: number }[]> {
  return tx.query<{ kind: string; tookMs: number }>(
    `WITH retried AS (
       SELECT max(consumed_at) AS at FROM signals
       WHERE tenant_id = $1 AND run_id = $2 AND kind = 'retry' AND outcome = 'retried'
     )
     SELECT kind, (extract(epoch FROM settled_at - greatest(intended_at, at)) * 1000)::float8 AS "tookMs"
     FROM effects, retried
     WHERE tenant_id = $1 AND run_id = $2 AND state IN ('failed', 'unknown')
       AND starts_with(key, $3) AND (at IS NULL OR settled_at >= at)
     ORDER BY intended_at, key`,
    [tenant.id, runId, `r${round}/`],
  );
}

/** Null where it was not intended yet; throws `journal_diverged` where it was intended otherwise. */
export async function readEffect(
  database: Database,
  run: Run,
  { key, intent }: EffectIdentity,
): Promise<IntendedEffect | null> {
  const { tenant, runId } = run.request;
  const [row] = await database.transaction(tenant.id, async (tx) =>
    tx.query<EffectRow>(`SELECT ${COLUMNS} FROM effects WHERE tenant_id = $1 AND run_id = $2 AND key = $3`, [
      tenant.id,
      runId,
      key,
    ]),
  );
  if (row === undefined) return null;
  if (row.intent === digestOf(intent)) return toIntended(row);
  throw new MusterError(
    'journal_diverged',
    `\`${key}\` was intended otherwise: this build does not go on where the earlier one stopped.`,
    { value: key },
  );
}

export async function intendEffect(
  database: Database,
  run: Run,
  { key, kind, intent }: EffectIdentity,
): Promise<IntendedEffect> {
  const { tenant, runId } = run.request;
  return database.transaction(tenant.id, async (tx) => {
    await fence(tx, run);
    const [row] = await tx.query<EffectRow>(
      `INSERT INTO effects (tenant_id, run_id, key, kind, state, intent, attempt)
       VALUES ($1, $2, $3, $4, 'intended', $5, $6) RETURNING ${COLUMNS}`,
      [tenant.id, runId, key, kind, digestOf(intent), run.attempt],
    );
    if (row === undefined) throw new Error(`${key} was not written`);
    return toIntended(row);
  });
}

/** What is known of it now; every state but `intended` is final. */
export async function recordEffect(
  database: Database,
  run: Run,
  { key, state, receipt, reason }: Pick<Effect, 'key' | 'state' | 'receipt' | 'reason'>,
): Promise<void> {
  const { tenant, runId } = run.request;
  await database.transaction(tenant.id, async (tx) => {
    await fence(tx, run);
    await tx.query(
      `UPDATE effects SET state = $4, receipt = $5, reason = $6, attempt = $7,
       settled_at = CASE WHEN $4 = 'intended' THEN NULL ELSE now() END
       WHERE tenant_id = $1 AND run_id = $2 AND key = $3`,
      [
        tenant.id,
        runId,
        key,
        state,
        receipt === null ? null : storableJson(JSON.stringify(receipt)),
        reason,
        run.attempt,
      ],
    );
  });
}

/** As if it had not been intended: for what GitHub clearly refused, and may be tried later. */
export async function forgetIntent(database: Database, run: Run, { key }: EffectIdentity): Promise<void> {
  const { tenant, runId } = run.request;
  await database.transaction(tenant.id, async (tx) => {
    await fence(tx, run);
    await tx.query(
      "DELETE FROM effects WHERE tenant_id = $1 AND run_id = $2 AND key = $3 AND state = 'intended'",
      [tenant.id, runId, key],
    );
  });
}

/** Ends as `unknown` what a run that stops had intended: nobody knows of it, and nobody will repeat it. */
export async function abandonIntended(tx: Transaction, run: Run, reason: string): Promise<void> {
  await fence(tx, run);
  await tx.query(
    `UPDATE effects SET state = 'unknown', reason = $3, attempt = $4, settled_at = now()
     WHERE tenant_id = $1 AND run_id = $2 AND state = 'intended'`,
    [run.request.tenant.id, run.request.runId, reason, run.attempt],
  );
}

function toIntended(row: EffectRow): IntendedEffect {
  return { ...toEffect(row), intendedAt: new Date(row.intended_at).toISOString() };
}

function toEffect({ key, kind, state, receipt, reason }: EffectRow): Effect {
  return { key, kind, state, receipt, reason };
}

/**
 * For `/retry`: what GitHub refused may be tried again. It looks first, as after a crash; what can't be looked
 * up is forgotten instead, since a refusal is no unclear outcome.
 */
export async function reopenFailedEffects(tx: Transaction, run: Run): Promise<void> {
  const where = "tenant_id = $1 AND run_id = $2 AND state = 'failed'";
  const ids = [run.request.tenant.id, run.request.runId];
  await tx.query(`DELETE FROM effects WHERE ${where} AND kind = 'dispatch'`, ids);
  await tx.query(
    `UPDATE effects SET state = 'intended', reason = NULL, settled_at = NULL WHERE ${where}`,
    ids,
  );
}
