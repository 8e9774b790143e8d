import type { Effect } from '../../domain/effect.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { TokenUsage } from '../../domain/usage.ts';
import type { Transaction } from '../../ports/database.ts';
import { loadRun } from '../tables/run-rows.ts';
import type { Signal } from '../tables/signals.ts';
import type { StepRow } from './step-text.ts';
import type { EffectRow, LedgerRow, RunRecord, SignalRow } from './timeline.ts';

/** Everything that is recorded of a run, in the order in which it was written; null where there is no such run. */
export async function loadRecord(
  tx: Transaction,
  tenantId: TenantId,
  runId: string,
): Promise<{ record: RunRecord; view: RunView | null } | null> {
  const stored = await loadRun(tx, tenantId, runId);
  if (stored === null) return null;
  return {
    view: stored.view,
    record: {
      run: stored.run,
      steps: await loadSteps(tx, tenantId, runId),
      signals: await loadSignalRows(tx, tenantId, runId),
      effects: await loadEffectRows(tx, tenantId, runId),
      ledger: await loadLedgerRows(tx, tenantId, runId),
    },
  };
}

type Time = Date | string;

function iso(time: Time): string;
function iso(time: Time | null): string | null;
function iso(time: Time | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

async function loadSteps(tx: Transaction, tenantId: TenantId, runId: string): Promise<StepRow[]> {
  const rows = await tx.query<{
    key: string;
    kind: string;
    input_digest: string;
    output: unknown;
    body: string | null;
    attempt: number;
    started_at: Time;
    ended_at: Time;
  }>(
    `SELECT s.key, s.kind, s.input_digest, s.output, r.body, s.attempt, s.started_at, s.ended_at FROM steps s
     LEFT JOIN results r ON r.tenant_id = s.tenant_id AND r.digest = s.result_digest
     WHERE s.tenant_id = $1 AND s.run_id = $2 ORDER BY s.sequence`,
    [tenantId, runId],
  );
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    inputDigest: row.input_digest,
    output: row.body === null ? row.output : JSON.parse(row.body),
    attempt: row.attempt,
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
  }));
}

async function loadSignalRows(tx: Transaction, tenantId: TenantId, runId: string): Promise<SignalRow[]> {
  const rows = await tx.query<{
    payload: Signal;
    received_at: Time;
    consumed_at: Time | null;
    outcome: string | null;
  }>(
    `SELECT payload, received_at, consumed_at, outcome FROM signals
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY sequence`,
    [tenantId, runId],
  );
  return rows.map(({ payload, received_at, consumed_at, outcome }) => ({
    payload,
    receivedAt: iso(received_at),
    consumedAt: iso(consumed_at),
    outcome,
  }));
}

async function loadEffectRows(tx: Transaction, tenantId: TenantId, runId: string): Promise<EffectRow[]> {
  const rows = await tx.query<Effect & { attempt: number; intended_at: Time; settled_at: Time | null }>(
    `SELECT key, kind, state, receipt, reason, attempt, intended_at, settled_at FROM effects
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY intended_at, key`,
    [tenantId, runId],
  );
  return rows.map(({ intended_at, settled_at, ...effect }) => ({
    ...effect,
    intendedAt: iso(intended_at),
    settledAt: iso(settled_at),
  }));
}

async function loadLedgerRows(tx: Transaction, tenantId: TenantId, runId: string): Promise<LedgerRow[]> {
  const rows = await tx.query<{
    key: string;
    model: string;
    reserved: string;
    spent: string | null;
    usage: TokenUsage | null;
    attempt: number;
    at: Time;
  }>(
    `SELECT key, model, reserved_micro_usd::text AS reserved, spent_micro_usd::text AS spent, usage, attempt, at
     FROM ledger WHERE tenant_id = $1 AND run_id = $2 ORDER BY sequence`,
    [tenantId, runId],
  );
  return rows.map(({ reserved, spent, at, ...row }) => ({
    ...row,
    reservedMicroUsd: Number(reserved),
    spentMicroUsd: spent === null ? null : Number(spent),
    at: iso(at),
  }));
}
