import type { Run, RunState } from '../../domain/run.ts';
import { MusterError } from '../../domain/errors.ts';
import type { FailureReport } from '../../domain/run-view.ts';
import type { Transaction } from '../../ports/database.ts';
import { recordDecision } from '../tables/decisions.ts';
import { guardWords } from './model-text.ts';
import { idsOf, report } from '../report.ts';
import { checklist, type Session } from '../session.ts';
import { consumeSignal, openSignals, type Signal } from '../tables/signals.ts';
import { loadStages } from '../tables/stages.ts';
import { triedOf } from './tried.ts';
import { answer } from '../decision/answer.ts';
import { reportUnjudgedHead } from '../head-checks.ts';

export interface RunEnd {
  state: RunState;
  reason: string | null;
  failure: FailureReport | null;
}

/**
 * Ends the run: shows the end first, then writes it together with the end of the job, so that a crash between
 * the two shows the same end again. People's decisions are kept for the judge to learn from.
 *
 * @param goesOn What may come after it: a push to the run's own pull request, which the caller judges, or a `/retry`
 * of a round whose failure is recorded, which is a round of its own. `endedBy` is the signal that ends it.
 * @returns False, and the run goes on, where there is such a push.
 */
export async function settleRun(
  session: Session,
  end: RunEnd,
  decision: string | null = null,
  goesOn: { isFollowed?: boolean; isRoundOver?: boolean; endedBy?: string } = {},
): Promise<boolean> {
  const { isFollowed = false, isRoundOver = false, endedBy = null } = goesOn;
  // Reasons may be the model's own words: of a noop, of what was missing.
  const reason = end.reason === null ? null : await guardWords(session, end.reason);
  const failure = end.failure === null ? null : await describe(session, end.failure);
  const shown = { ...session.run, state: end.state, reason };
  session.show({
    failure,
    waiting: null,
    stages: await loadStages(session),
    ...(end.state === 'done' ? { steps: checklist('done'), wasDone: true } : {}),
  });
  await showEnd(session, async () => report(session, { ...session.view, run: shown }));
  const { round } = session.run;
  const written = { state: end.state, reason, round: isRoundOver ? round + 1 : round };
  while (!(await writeEnd(session, written, decision, endedBy))) {
    if (!(await answerLeft(session, end.state, isFollowed, endedBy))) return false;
  }
  session.engine.telemetry.count('muster_runs_ended_total', 1, { state: end.state });
  return true;
}

async function describe(session: Session, failure: FailureReport): Promise<FailureReport> {
  const message = await guardWords(session, failure.message);
  return { ...failure, message, tried: await triedOf(session, failure) };
}

/** Rolls the end back; never leaves this file. */
class SignalCameFirst extends Error {}

/** False, and nothing written, where a signal is left: a push waits for its checks, a person for an answer. */
async function writeEnd(
  session: Session,
  end: Pick<Run, 'state' | 'reason' | 'round'>,
  decision: string | null,
  endedBy: string | null,
): Promise<boolean> {
  try {
    await session.change(end, async (tx) => {
      const left = await openSignals(tx, session.run);
      if (left.some(({ id }) => id !== endedBy)) throw new SignalCameFirst();
      if (endedBy !== null) await consumeSignal(tx, session.run, endedBy, end.state);
      if (decision !== null) await recordDecision(tx, session, decision);
      await lookAgain(session, tx);
      await session.complete(tx);
    });
    return true;
  } catch (error) {
    if (error instanceof SignalCameFirst) return false;
    throw error;
  }
}

/** Has the checks looked at once more after the end is written: another run may end at the same time. */
async function lookAgain({ engine, run, view }: Session, tx: Transaction): Promise<void> {
  if (view.checksDigest === null) return;
  const { tenant, runId } = run.request;
  const data = { kind: 'checks', tenantId: tenant.id, runId };
  await engine.queue.send('timer', data, { tenantId: tenant.id, tx });
}

/**
 * What came while a run worked which now ends: it judges no push any more, and takes nobody's decision, which must
 * not be carried out when a later push, or a retry, has it go on. False where the caller judges a push.
 */
async function answerLeft(
  session: Session,
  state: RunState,
  isFollowed: boolean,
  endedBy: string | null,
): Promise<boolean> {
  const { engine, run, view } = session;
  const { id: tenantId } = run.request.tenant;
  const left = await engine.database.transaction(tenantId, async (tx) => openSignals(tx, run));
  for (const signal of left.filter(({ id }) => id !== endedBy)) {
    if (isFollowed && signal.kind === 'push' && signal.number === view.pullRequest?.number) return false;
    await showEnd(session, async () => answerOne(session, signal, state));
    await engine.database.transaction(tenantId, async (tx) =>
      consumeSignal(tx, run, signal.id, `too late: the run is ${state}`),
    );
  }
  return true;
}

async function answerOne(session: Session, signal: Signal, state: RunState): Promise<void> {
  const { engine, github, run, view } = session;
  const { runId } = run.request;
  if (signal.kind === 'push') {
    const isOurs = signal.number === view.pullRequest?.number;
    if (view.checksDigest !== null && signal.headSha !== view.headSha)
      await reportUnjudgedHead(engine, github, signal.headSha, [runId], isOurs);
  } else if ('source' in signal) {
    const text = `\`/${signal.kind}\` by ${signal.actor.login} came too late: run \`${runId}\` is ${state}.`;
    await answer(session, signal.source.number, signal.id, text);
  }
}

/** The end is written even where it can't be shown: a run that nobody can see must not block its subject. */
async function showEnd(session: Session, show: () => Promise<void>): Promise<void> {
  try {
    await show();
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable || !error.code.startsWith('github_'))
      throw error;
    session.engine.log.error('the end of a run could not be shown', { ...idsOf(session), error });
  }
}
