import type { RunState } from '../domain/run.ts';
import type { FailureReport } from '../domain/run-view.ts';
import { recordDecision } from './decisions.ts';
import { report } from './report.ts';
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
  const shown = { ...session.run, state: end.state, reason: end.reason };
  session.show({
    failure: end.failure,
    waiting: null,
    ...(end.state === 'done' ? { steps: checklist('done') } : {}),
  });
  await report(session, { ...session.view, run: shown });
  await session.change({ state: end.state, reason: end.reason }, async (tx) => {
    if (decision !== null) await recordDecision(tx, session, decision);
    await session.complete(tx);
  });
}
