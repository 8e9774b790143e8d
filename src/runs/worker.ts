import { messageOf, MusterError, retryAfterOf } from '../domain/errors.ts';
import { isEnded } from '../domain/run.ts';
import { closeDraft } from '../publish/draft.ts';
import type { Job } from '../ports/queue.ts';
import { abandonIntended, loadEffects } from './tables/effect-rows.ts';
import { CANCELLED_MIDWAY, MAX_HOLD_MS } from './effects.ts';
import { RUN_SPAN } from '../telemetry/names.ts';
import { endOfError } from './stages/ends.ts';
import type { Engine } from './engine.ts';
import { runPipeline } from './pipeline.ts';
import { reopen, reopeningOf } from './reopen.ts';
import { changeRun, claimRun, type ClaimedRun } from './tables/run-rows.ts';
import { openSession, type Session } from './session.ts';
import { settleRun } from './stages/settle.ts';
import { pendingCancel } from './tables/signals.ts';
import { endAttempt, isLostClaim, noteFailure, openGitHub } from './takeover.ts';

/** How often a worker looks whether its run was cancelled. */
const CANCEL_POLL_MS = 1_000;

/** Claims the job's run and takes it as far as it goes: to its end, or to where a person decides. */
export async function workOnRun(engine: Engine, job: Job): Promise<void> {
  const { tenantId, runId } = job.data;
  if (typeof tenantId !== 'number' || typeof runId !== 'string') return;
  const claimed = await claimRun(engine.database, tenantId, runId);
  if (claimed === null) return;
  const { run } = claimed;
  const fields = { run: runId, tenant: tenantId, attempt: run.attempt };
  const reopening = isEnded(run.state) ? await reopeningOf(engine, run) : null;
  if (isEnded(run.state) && reopening === null) return;
  const startedAt = engine.clock.now().getTime();
  await engine.telemetry.span(RUN_SPAN, fields, async () => {
    const cancel = new AbortController();
    const signal = AbortSignal.any([job.signal, cancel.signal]);
    const session = await open(engine, claimed, job, signal);
    if (session === null) return;
    if (reopening !== null && !(await reopen(session, reopening))) return;
    const watch = watchForCancel(session, cancel);
    try {
      // One that came before the claim stops the run before it does anything.
      await watch.look();
      signal.throwIfAborted();
      await runPipeline(session);
    } catch (error) {
      await settleFailure(session, error);
    } finally {
      watch.stop();
      engine.telemetry.record('muster_run_seconds', (engine.clock.now().getTime() - startedAt) / 1_000);
    }
  });
}

/** Null, and the run ended, where for two hours not even that was to be had: nobody can be told, but who looks. */
async function open(
  engine: Engine,
  claimed: ClaimedRun,
  job: Job,
  signal: AbortSignal,
): Promise<Session | null> {
  const { run } = claimed;
  try {
    return await openSession(engine, await openGitHub(engine, claimed), claimed, job, signal);
  } catch (error) {
    if (isLostClaim(error) || !(await noteFailure(engine.database, run))) throw error;
    engine.log.error('a run could not be taken up', { run: run.request.runId, error });
    await engine.database.transaction('system', async (tx) => {
      // One that has ended stays as it is; the next push tries it again.
      if (!isEnded(run.state)) await changeRun(tx, run, { state: 'failed', reason: messageOf(error) });
      await endAttempt(tx, run);
      await job.completeIn(tx);
    });
    return null;
  }
}

/** Aborts the run within a second of its cancel, whatever it is waiting for; `look` does so at once. */
function watchForCancel(session: Session, cancel: AbortController): { look(): Promise<void>; stop(): void } {
  const stopped = new AbortController();
  const { engine, run } = session;
  const look = async () => {
    const pending = await engine.database.transaction(run.request.tenant.id, async (tx) =>
      pendingCancel(tx, run),
    );
    // A run that waits takes its signals in their order.
    if (pending?.kind === 'cancel' && session.run.state !== 'waiting')
      cancel.abort(new MusterError('cancelled', pending.actor.login, { value: pending.id }));
  };
  const watch = async () => {
    while (!stopped.signal.aborted && !cancel.signal.aborted) {
      await engine.clock.sleep(CANCEL_POLL_MS, stopped.signal);
      await look().catch((error: unknown) =>
        engine.log.warn('a look for a cancel failed', { run: run.request.runId, error: messageOf(error) }),
      );
    }
  };
  watch().catch(() => undefined);
  return { look, stop: () => stopped.abort() };
}

async function settleFailure(session: Session, thrown: unknown): Promise<void> {
  const { reason } = session.signal;
  const error: unknown = session.signal.aborted ? reason : thrown;
  const { engine, run } = session;
  if (error instanceof MusterError && error.code === 'cancelled') return settleCancel(session, error);
  if (isLostClaim(error)) throw error;
  const mayPass = error instanceof MusterError && error.isRetryable;
  if (mayPass && !(await noteFailure(engine.database, run))) return waitOut(session, error);
  engine.log.error('a run failed', { run: run.request.runId, tenant: run.request.tenant.id, error });
  await settleRun(session, endOfError(error));
}

/** Hands the job back, so that the queue tries it again; not before a limit that GitHub or a model named. */
async function waitOut(session: Session, error: MusterError): Promise<void> {
  const pauseMs = Math.min(retryAfterOf(error), MAX_HOLD_MS);
  if (pauseMs > 0) {
    try {
      await session.engine.clock.sleep(pauseMs, session.signal);
    } catch (aborted) {
      return settleFailure(session, aborted);
    }
  }
  throw error;
}

/** Shows what had happened already, takes back the draft, and ends the run. */
async function settleCancel(session: Session, error: MusterError): Promise<void> {
  const { engine, run } = session;
  const effects = await engine.database.transaction(run.request.tenant.id, async (tx) => {
    await abandonIntended(tx, run, CANCELLED_MIDWAY);
    return loadEffects(tx, run.request.tenant.id, run.request.runId);
  });
  session.show({ effects });
  for (const number of openedBy(session)) await closeIfPossible(session, number);
  const reason = `cancelled by ${error.message}`;
  const goesOn = { endedBy: String(error.value) };
  await settleRun(session, { state: 'cancelled', reason, failure: null }, null, goesOn);
}

/** A repository that is archived by now, say, must not keep the run from its end. */
async function closeIfPossible({ engine, github, run }: Session, number: number): Promise<void> {
  try {
    await closeDraft(github, number);
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable || isLostClaim(error)) throw error;
    engine.log.warn('a draft could not be closed', { run: run.request.runId, pullRequest: number, error });
  }
}

/** The pull requests that people were asked about, also one that the run had opened when the cancel came. */
function openedBy({ view }: Session): Set<number> {
  const { pullRequest, wasDone = false } = view;
  if (wasDone || pullRequest?.isAsked === false) return new Set();
  const receipts = view.effects.flatMap((effect) =>
    effect.kind === 'pull_request' && effect.receipt !== null ? [Number(effect.receipt.id)] : [],
  );
  return new Set(pullRequest === null ? receipts : [pullRequest.number, ...receipts]);
}
