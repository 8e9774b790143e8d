import type { TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';
import { sendSignal, type Signal } from '../tables/signals.ts';

const OPEN = ['queued', 'working', 'judging', 'waiting', 'publishing'];

/**
 * Ends every open run of a tenant where GitHub can't be spoken to any more, and gives their ids. A worker that
 * has one in hand is fenced off by the raised attempt, and its calls are settled at their reservation.
 */
export async function endOpenRuns(tx: Transaction, tenantId: TenantId, reason: string): Promise<string[]> {
  const ended = await tx.query<{ run_id: string }>(
    `UPDATE runs SET state = 'cancelled', reason = $3, attempt = attempt + 1, updated_at = now(),
       view = jsonb_set(jsonb_set(view, '{run,state}', '"cancelled"'), '{run,reason}', to_jsonb($3::text))
         || '{"waiting": null}'
     WHERE tenant_id = $1 AND state = ANY($2) RETURNING run_id`,
    [tenantId, OPEN, reason],
  );
  const runIds = ended.map((row) => row.run_id);
  await tx.query(
    `UPDATE ledger SET spent_micro_usd = reserved_micro_usd
     WHERE tenant_id = $1 AND run_id = ANY($2) AND spent_micro_usd IS NULL`,
    [tenantId, runIds],
  );
  const { id: signalId, kind, ...rest } = cancelBy(reason);
  for (const runId of runIds) {
    // Makes the worker that has the run in hand let go of its model call within a second.
    await tx.query(
      `INSERT INTO signals (tenant_id, run_id, signal_id, kind, payload) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [tenantId, runId, signalId, kind, JSON.stringify({ id: signalId, kind, ...rest })],
    );
  }
  return runIds;
}

/** Cancels every open run of a tenant in the open; approvals that nobody has acted on yet don't count. */
export async function voidOpenRuns(
  database: Database,
  queue: Queue,
  tenantId: TenantId,
  cause: string,
): Promise<void> {
  const open = await database.transaction(tenantId, async (tx) => {
    const rows = await tx.query<{ run_id: string }>(
      'SELECT run_id FROM runs WHERE tenant_id = $1 AND state = ANY($2)',
      [tenantId, OPEN],
    );
    await tx.query(
      `UPDATE signals SET consumed_at = now(), outcome = 'void'
       WHERE tenant_id = $1 AND run_id = ANY($2) AND kind = 'approve' AND consumed_at IS NULL`,
      [tenantId, rows.map((row) => row.run_id)],
    );
    return rows;
  });
  for (const { run_id: runId } of open) await sendSignal(database, queue, tenantId, runId, cancelBy(cause));
}

/** A cancel that no person gave: its cause stands where a person's login would. */
function cancelBy(cause: string): Extract<Signal, { kind: 'cancel' }> {
  return {
    id: `lifecycle:${cause}`,
    kind: 'cancel',
    actor: { id: 0, login: cause, isBot: false },
    source: { via: 'command', id: 0, number: 0, at: new Date(0).toISOString(), reviewedSha: null },
  };
}
