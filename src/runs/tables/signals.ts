import type { Actor } from '../../domain/actor.ts';
import type { MicroUsd } from '../../domain/money.ts';
import { storableJson } from '../../domain/json.ts';
import { isEnded, type Run, type RunState } from '../../domain/run.ts';
import type { TenantId } from '../../domain/tenant.ts';
import type { Database, Transaction } from '../../ports/database.ts';
import type { Queue } from '../../ports/queue.ts';
import { findSuccessor } from './find-run.ts';
import { fence, loadRun, wakeRun } from './run-rows.ts';
import type { Session } from '../session.ts';

/** Where a person said it: read again before it counts. */
export interface SignalSource {
  via: 'command' | 'review' | 'button';
  /** Comment, review or check-run id. */
  id: number;
  /** The issue or pull request on which it stands. */
  number: number;
  at: string;
  reviewedSha: string | null;
}

/** What moves a run that waits; `ci`, `push`, `closed`, `remark` and `expire` are not sent by a person who decides. */
export type Signal = { id: string } & (
  | { kind: 'approve'; actor: Actor; source: SignalSource; maxMicroUsd: MicroUsd | null }
  | { kind: 'reject'; actor: Actor; source: SignalSource; reason: string | null }
  | { kind: 'rework'; actor: Actor; source: SignalSource; text: string }
  | { kind: 'retry'; actor: Actor; source: SignalSource }
  | { kind: 'cancel'; actor: Actor; source: SignalSource }
  | { kind: 'ci'; headSha: string; text: string }
  | { kind: 'push'; actor: Actor | null; number: number; headSha: string }
  /** Somebody closed, or merged, the pull request that the run had opened. */
  | { kind: 'closed'; actor: Actor | null }
  | { kind: 'remark'; text: string }
  | { kind: 'expire'; round: number }
);

export type SignalAnswer =
  | { kind: 'taken' }
  | { kind: 'repeated' }
  | { kind: 'no_run' }
  | { kind: 'ended'; state: RunState }
  /** It would go on, but another run of the same agent on the same subject is open. */
  | { kind: 'superseded'; by: string };

/**
 * Records the signal and wakes the run, in one transaction under the run's lock: a worker that is about to
 * wait either sees the signal or has given its job back before this one is queued.
 */
export async function sendSignal(
  database: Database,
  queue: Queue,
  tenantId: TenantId,
  runId: string,
  signal: Signal,
): Promise<SignalAnswer> {
  return database.transaction('system', async (tx) => {
    await tx.query('SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2 FOR NO KEY UPDATE', [
      tenantId,
      runId,
    ]);
    const stored = await loadRun(tx, tenantId, runId);
    if (stored === null) return { kind: 'no_run' };
    const { state } = stored.run;
    const isOver = isEnded(state) && !mayReopen(state, signal);
    // Who pushed to a failed run is asked once it is retried.
    if (isOver && (signal.kind !== 'push' || state !== 'failed')) return { kind: 'ended', state };
    const successor = isEnded(state) && !isOver ? await findSuccessor(tx, stored.run) : null;
    if (successor !== null) return { kind: 'superseded', by: successor };
    const inserted = await tx.query(
      `INSERT INTO signals (tenant_id, run_id, signal_id, kind, payload) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, runId, signal.id, signal.kind, storableJson(JSON.stringify(signal))],
    );
    if (isOver) return { kind: 'ended', state };
    if (inserted.length === 0) return { kind: 'repeated' };
    await wakeRun(queue, tx, tenantId, runId);
    return { kind: 'taken' };
  });
}

/** `/retry` of a failed run; a push to the pull request that a run which is done had opened. */
export function mayReopen(state: RunState, { kind }: Pick<Signal, 'kind'>): boolean {
  return (state === 'failed' && kind === 'retry') || (state === 'done' && kind === 'push');
}

export interface StoredSignal {
  signal: Signal;
  isConsumed: boolean;
  /** What came of it: the kind of a decision, `counted`, or why it didn't count. */
  outcome: string | null;
}

/** All signals of a run in the order in which they came. */
export async function loadSignals(tx: Transaction, run: Run): Promise<StoredSignal[]> {
  const rows = await tx.query<{ payload: Signal; consumed: boolean; outcome: string | null }>(
    `SELECT payload, consumed_at IS NOT NULL AS consumed, outcome FROM signals
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY sequence`,
    [run.request.tenant.id, run.request.runId],
  );
  return rows.map(({ payload, consumed, outcome }) => ({ signal: payload, isConsumed: consumed, outcome }));
}

/** The same, in a transaction of its own. */
export async function signalsOf({ engine, run }: Pick<Session, 'engine' | 'run'>): Promise<StoredSignal[]> {
  return engine.database.transaction(run.request.tenant.id, async (tx) => loadSignals(tx, run));
}

/** Fenced: a worker that was taken over takes no signal from whoever has the run now. */
export async function consumeSignal(
  tx: Transaction,
  run: Run,
  signalId: string,
  outcome: string,
): Promise<void> {
  await fence(tx, run);
  await tx.query(
    `UPDATE signals SET consumed_at = now(), outcome = $4
     WHERE tenant_id = $1 AND run_id = $2 AND signal_id = $3 AND consumed_at IS NULL`,
    [run.request.tenant.id, run.request.runId, signalId, outcome],
  );
}

/** Those that nobody has taken yet. */
export async function openSignals(tx: Transaction, run: Run): Promise<Signal[]> {
  const stored = await loadSignals(tx, run);
  return stored.flatMap(({ signal, isConsumed }) => (isConsumed ? [] : [signal]));
}

/** Pushes that nobody has looked at yet. */
export async function openPushes(tx: Transaction, run: Run): Promise<Extract<Signal, { kind: 'push' }>[]> {
  return (await openSignals(tx, run)).filter((signal) => signal.kind === 'push');
}

/** The cancel that nobody has acted on yet. */
export async function pendingCancel(tx: Transaction, run: Run): Promise<Signal | null> {
  return (await openSignals(tx, run)).find(({ kind }) => kind === 'cancel') ?? null;
}
