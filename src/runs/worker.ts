import { messageOf, MusterError } from '../domain/errors.ts';
import { isEnded } from '../domain/run.ts';
import type { TenantId } from '../domain/tenant.ts';
import { closeDraft } from '../publish/draft.ts';
import type { Job } from '../ports/queue.ts';
import { endOfError } from './ends.ts';
import type { Engine } from './engine.ts';
import { runPipeline } from './pipeline.ts';
import { claimRun, type StoredRun } from './run-rows.ts';
import { openSession, type Session } from './session.ts';
import { settleRun } from './settle.ts';
import { consumeSignal, loadSignals, pendingCancel, type Signal } from './signals.ts';

/** How often a worker looks whether its run was cancelled. */
const CANCEL_POLL_MS = 1_000;

/** After this many tries of one job, a failure that might pass is an end. */
const MAX_JOB_TRIES = 5;

/** Claims the job's run and takes it as far as it goes: to its end, or to where a person decides. */
export async function workOnRun(engine: Engine, job: Job): Promise<void> {
  const { tenantId, runId } = job.data;
  if (typeof tenantId !== 'number' || typeof runId !== 'string') return;
  const stored = await claimRun(engine.database, tenantId, runId);
  if (stored === null) return;
  const { run } = stored;
  const fields = { run: runId, tenant: tenantId, attempt: run.attempt };
  const retry = await retryOf(engine, stored);
  if (isEnded(run.state) && retry === null) return;
  await engine.telemetry.span('muster.run', fields, async () => {
    const cancel = new AbortController();
    const signal = AbortSignal.any([job.signal, cancel.signal]);
    const github = await engine.githubAccess.forTenant(run.request.tenant);
    const session = await openSession(engine, github, stored, job, signal);
    if (retry !== null) await reopen(session, retry);
    const watch = watchForCancel(session, cancel);
    try {
      await runPipeline(session);
    } catch (error) {
      await settleFailure(session, job, error);
    } finally {
      watch.abort();
    }
  });
}

async function retryOf(engine: Engine, { run }: StoredRun): Promise<Signal | null> {
  if (run.state !== 'failed') return null;
  const signals = await engine.database.transaction(run.request.tenant.id, async (tx) =>
    loadSignals(tx, run),
  );
  return signals.find((entry) => !entry.isConsumed && entry.signal.kind === 'retry')?.signal ?? null;
}

/** `/retry`: back to the queue; steps that were recorded stay, what was recorded as failed gets a new round. */
async function reopen(session: Session, retry: Signal): Promise<void> {
  session.show({ failure: null });
  await session.change({ state: 'queued', reason: null, round: session.run.round + 1 }, async (tx) =>
    consumeSignal(tx, session.run, retry.id, 'retried'),
  );
}

/** Aborts the run within a second of its cancel; the returned controller stops the watch. */
function watchForCancel(session: Session, cancel: AbortController): AbortController {
  const stop = new AbortController();
  const { engine, run } = session;
  const look = async () => {
    while (!stop.signal.aborted) {
      await engine.clock.sleep(CANCEL_POLL_MS, stop.signal);
      const pending = await engine.database.transaction(run.request.tenant.id, async (tx) =>
        pendingCancel(tx, run),
      );
      if (pending?.kind === 'cancel' && session.run.state !== 'waiting') {
        cancel.abort(new MusterError('cancelled', pending.actor.login, { value: pending.id }));
        return;
      }
    }
  };
  look().catch((error: unknown) => {
    if (!stop.signal.aborted)
      engine.log.warn('the watch for a cancel broke', { run: run.request.runId, error: messageOf(error) });
  });
  return stop;
}

async function settleFailure(session: Session, job: Job, thrown: unknown): Promise<void> {
  const { reason } = session.signal;
  const error: unknown = session.signal.aborted ? reason : thrown;
  const { engine, run } = session;
  if (error instanceof MusterError && error.code === 'cancelled') return settleCancel(session, error);
  const isOurs = !(
    error instanceof MusterError && ['stale_attempt', 'stale_job', 'draining'].includes(error.code)
  );
  const mayPass = error instanceof MusterError && error.isRetryable && job.retryCount < MAX_JOB_TRIES;
  if (!isOurs || mayPass) throw error;
  engine.log.error('a run failed', { run: run.request.runId, tenant: run.request.tenant.id, error });
  await settleRun(session, endOfError(error));
}

async function settleCancel(session: Session, error: MusterError): Promise<void> {
  const signalId = String(error.value);
  await closeOpenDraft(session);
  await settleRun(session, { state: 'cancelled', reason: `cancelled by ${error.message}`, failure: null });
  await session.engine.database.transaction(session.run.request.tenant.id, async (tx) =>
    consumeSignal(tx, session.run, signalId, 'cancelled'),
  );
}

async function closeOpenDraft(session: Session): Promise<void> {
  const { pullRequest } = session.view;
  if (pullRequest !== null) await closeDraft(session.github, pullRequest.number);
}

/** Adds the tenant's id to a timer's signal; an unknown kind of timer is a job of another build. */
export function expirySignal(
  data: Record<string, unknown>,
): { tenantId: TenantId; runId: string; signal: Signal } | null {
  const { tenantId, runId, kind, round } = data;
  if (typeof tenantId !== 'number' || typeof runId !== 'string' || typeof round !== 'number') return null;
  return kind === 'expire'
    ? { tenantId, runId, signal: { id: `expire:${round}`, kind: 'expire', round } }
    : null;
}
