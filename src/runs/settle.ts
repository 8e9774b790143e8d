import type { RunState } from '../domain/run.ts';
import { MusterError } from '../domain/errors.ts';
import type { FailureReport, RunView } from '../domain/run-view.ts';
import { recordDecision } from './decisions.ts';
import { guardWords } from './model-text.ts';
import { idsOf, report } from './report.ts';
import { checklist, type Session } from './session.ts';

export interface RunEnd {
  state: RunState;
  reason: string | null;
  failure: FailureReport | null;
}

/**
 * Ends the run: shows the end first, then writes it together with the end of the job, so that a crash between
 * the two shows the same end again. People's decisions are kept for the judge to learn from.
 */
export async function settleRun(
  session: Session,
  end: RunEnd,
  decision: string | null = null,
): Promise<void> {
  // Reasons may be the model's own words: of a noop, of what was missing.
  const reason = end.reason === null ? null : await guardWords(session, end.reason);
  const failure =
    end.failure === null ? null : { ...end.failure, message: await guardWords(session, end.failure.message) };
  const shown = { ...session.run, state: end.state, reason };
  session.show({
    failure,
    waiting: null,
    ...(end.state === 'done' ? { steps: checklist('done') } : {}),
  });
  await showEnd(session, { ...session.view, run: shown });
  await session.change({ state: end.state, reason }, async (tx) => {
    if (decision !== null) await recordDecision(tx, session, decision);
    await session.complete(tx);
  });
  session.engine.telemetry.count('muster_runs_ended_total', 1, { state: end.state });
}

/** The end is written even where it can't be shown: a run that nobody can see must not block its subject. */
async function showEnd(session: Session, view: RunView): Promise<void> {
  try {
    await report(session, view);
  } catch (error) {
    if (!(error instanceof MusterError) || error.isRetryable || !error.code.startsWith('github_'))
      throw error;
    session.engine.log.error('the end of a run could not be shown', { ...idsOf(session), error });
  }
}
