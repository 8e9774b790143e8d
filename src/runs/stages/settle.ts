import type { Run, RunState } from '../../domain/run.ts';
import { MusterError } from '../../domain/errors.ts';
import type { FailureReport } from '../../domain/run-view.ts';
import type { Transaction } from '../../ports/database.ts';
import { recordDecision } from '../tables/decisions.ts';
import { guardWords } from './model-text.ts';
import { idsOf, report } from '../report.ts';
import { checklist, type Session } from '../session.ts';
import { consumeSignal, openPushes } from '../tables/signals.ts';
import { loadStages } from '../tables/stages.ts';
import { triedOf } from './tried.ts';
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
 * of a round whose failure is recorded, which is a round of its own.
 * @returns False, and the run goes on, where there is such a push.
 */
export async function settleRun(
  session: Session,
  end: RunEnd,
  decision: string | null = null,
  goesOn: { isFollowed?: boolean; isRoundOver?: boolean } = {},
): Promise<boolean> {
  const { isFollowed = false, isRoundOver = false } = goesOn;
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
  while (!(await writeEnd(session, written, decision))) {
    if (!(await answerPushes(session, isFollowed))) return false;
  }
  session.engine.telemetry.count('muster_runs_ended_total', 1, { state: end.state });
  return true;
}

async function describe(session: Session, failure: FailureReport): Promise<FailureReport> {
  const message = await guardWords(session, failure.message);
  return { ...failure, message, tried: await triedOf(session, failure) };
}

/** Rolls the end back; never leaves this file. */
class PushCameFirst extends Error {}

/** False, and nothing written, where a push waits for its checks: an ended run takes no signals. */
async function writeEnd(
  session: Session,
  end: Pick<Run, 'state' | 'reason' | 'round'>,
  decision: string | null,
): Promise<boolean> {
  try {
    await session.change(end, async (tx) => {
      if ((await openPushes(tx, session.run)).length > 0) throw new PushCameFirst();
      if (decision !== null) await recordDecision(tx, session, decision);
      await lookAgain(session, tx);
      await session.complete(tx);
    });
    return true;
  } catch (error) {
    if (error instanceof PushCameFirst) return false;
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

/** Pushes that came while a run worked which now ends, so that it judges nothing any more. False where it does. */
async function answerPushes(session: Session, isFollowed: boolean): Promise<boolean> {
  const { engine, github, run, view } = session;
  const { tenant, runId } = run.request;
  const pushes = await engine.database.transaction(tenant.id, async (tx) => openPushes(tx, run));
  for (const { id, number, headSha } of pushes) {
    const isOurs = number === view.pullRequest?.number;
    if (isOurs && isFollowed) return false;
    if (view.checksDigest !== null && headSha !== view.headSha)
      await showEnd(session, async () => reportUnjudgedHead(engine, github, headSha, [runId], isOurs));
    await engine.database.transaction(tenant.id, async (tx) =>
      consumeSignal(tx, run, id, 'not judged: the run ended'),
    );
  }
  return true;
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
