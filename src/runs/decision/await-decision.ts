import type { Waiting } from '../../domain/run-view.ts';
import type { Approval, Shown } from '../../gate/approval.ts';
import { MusterError } from '../../domain/errors.ts';
import type { StepSpec } from '../tables/journal.ts';
import { lookForPush, type Pushed } from './look-for-push.ts';
import type { Prepared } from '../stages/prepare.ts';
import { idsOf, report } from '../report.ts';
import type { Session } from '../session.ts';
import { consider } from './take-signal.ts';
import { approvalsLeft } from './weigh-approval.ts';
import { nextSignal, showLeft } from './other-pushes.ts';
import { beginWaiting, suspend } from './suspend.ts';
import { consumeSignal, type Signal } from '../tables/signals.ts';

/** What people decided; `suspended` means that nobody has yet, and the job has been given back. */
export type Decision =
  | { kind: 'approved'; approvals: Approval[] }
  | { kind: 'rejected'; by: string; reason: string | null }
  | { kind: 'rework'; by: string; text: string }
  | Pushed
  /** By hand, with or without an approval. */
  | { kind: 'merged'; by: string }
  | { kind: 'cancelled'; by: string }
  | { kind: 'expired' };

export interface AwaitedProposals {
  waiting: Waiting;
  /** The pull request as an approval binds to it; null where there is none yet. */
  pull: { number: number; headSha: string; baseRef: string } | null;
}

/**
 * Shows what waits, then takes signals in their order until one decides. Without a decision the run is put
 * to wait in one transaction with the end of its job, unless a signal came in between.
 */
export async function awaitDecision(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
): Promise<Decision | { kind: 'suspended' }> {
  let step = decisionStep(1);
  for (let number = 2; session.journal.has(step.key); number += 1) {
    const decision = await recordedDecision(session, step);
    if (decision.kind !== 'approved') return decision;
    const left = await approvalsLeft(session, prepared, awaited, await shownOf(session, awaited), step);
    if (left === null) return decision;
    session.show({ approvals: left });
    step = decisionStep(number);
  }
  session.show({ waiting: awaited.waiting });
  // Before it is shown: who reads it may answer at once.
  await beginWaiting(session, awaited.waiting.expiresAt);
  await report(session);
  const shown = await shownOf(session, awaited);
  for (;;) {
    const signal = await nextSignal(session, awaited);
    // An approval asks for the head by itself, and other decisions don't depend on it.
    const dependsOnHead = signal === null || ['rework', 'retry', 'ci'].includes(signal.kind);
    const pushed = dependsOnHead ? await lookForPush(session, prepared, awaited) : null;
    if (pushed !== null) return recordDecision(session, step, pushed, null);
    if (signal !== null) {
      const decision = await consider(session, prepared, awaited, shown, signal);
      if (decision !== null) return recordDecision(session, step, decision, signal);
    } else if (await suspend(session, await showLeft(session, awaited))) {
      return { kind: 'suspended' };
    }
  }
}

/** What an approval of this round binds to. */
async function shownOf(session: Session, { waiting, pull }: AwaitedProposals): Promise<Shown> {
  return {
    digest: waiting.digest,
    shownAt: await firstShown(session),
    isFirstShowing: !isShownBefore(session),
    headSha: pull?.headSha ?? null,
    expiresAt: waiting.expiresAt,
  };
}

/** When this round came to be shown; recorded, because every later remark edits the comment again. */
async function firstShown(session: Session): Promise<string> {
  return session.journal.step(
    { key: 'shown', kind: 'gate', input: null },
    async () => session.view.comment?.shownAt ?? session.engine.clock.now().toISOString(),
  );
}

function isShownBefore({ round, runJournal }: Session): boolean {
  return Array.from({ length: round }, (_, earlier) => `r${earlier}/shown`).some(runJournal.has);
}

/** A round has another decision only where the one before was an approval that didn't stand. */
export function decisionStep(number: number): StepSpec {
  return { key: number === 1 ? 'decision' : `decision-${number}`, kind: 'signal', input: null };
}

async function recordedDecision(session: Session, step: StepSpec): Promise<Decision> {
  return session.journal.step<Decision>(step, async () => {
    throw new MusterError('journal_changed', 'The recorded decision is gone.', { value: idsOf(session) });
  });
}

async function recordDecision(
  session: Session,
  step: StepSpec,
  decision: Decision,
  signal: Signal | null,
): Promise<Decision> {
  return session.journal.step(
    step,
    async () => decision,
    async (tx) => (signal === null ? undefined : consumeSignal(tx, session.run, signal.id, decision.kind)),
  );
}
