import type { Waiting } from '../../domain/run-view.ts';
import type { Approval, Shown } from '../../gate/approval.ts';
import { MusterError } from '../../domain/errors.ts';
import { meetsThreshold } from '../../domain/permission.ts';
import { isWaitingWhole } from '../../publish/proposal-text.ts';
import { answer } from './answer.ts';
import type { StepSpec } from '../tables/journal.ts';
import { lookForPush, type Pushed } from './look-for-push.ts';
import type { Prepared } from '../stages/prepare.ts';
import { idsOf, report } from '../report.ts';
import type { Session } from '../session.ts';
import { approvalsLeft, shownApprovals, unknownPusher, weighApproval } from './weigh-approval.ts';
import { leftPushes, nextSignal, showLeft, takePush } from './other-pushes.ts';
import { beginWaiting, suspend } from './suspend.ts';
import { consumeSignal, signalsOf, type Signal, type SignalSource } from '../tables/signals.ts';

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

const MAX_REWORKS = 3;

/** What `/retry` says to an agent whose work waits. */
const ONCE_MORE = 'This was not accepted. Do the task once more, looking for what you missed.';

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

/** A decision, or null where the signal didn't count: it is then consumed with an answer to its author. */
async function consider(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  shown: Shown,
  signal: Signal,
): Promise<Decision | null> {
  switch (signal.kind) {
    case 'approve': {
      if (!isWaitingWhole(session.view))
        return decline(
          session,
          signal,
          "what waits can't be shown whole; `/rework` it into something smaller",
        );
      const weighed = await weighApproval(session, prepared, awaited, shown, signal);
      if (weighed.kind === 'declined') {
        await decline(session, signal, weighed.reason);
        await report(session);
        return null;
      }
      session.show({ approvals: shownApprovals(weighed.approvals) });
      if (weighed.kind === 'approved') return weighed;
      await consume(session, signal, 'counted');
      await report(session);
      return null;
    }
    case 'reject':
      return (await mayDecide(session, prepared, signal))
        ? { kind: 'rejected', by: signal.actor.login, reason: signal.reason }
        : null;
    case 'retry':
    case 'rework': {
      if (!(await mayDecide(session, prepared, signal))) return null;
      const hindrance = await hindranceToRework(session, prepared, awaited, ['rework', 'retry']);
      return hindrance === null
        ? { kind: 'rework', by: signal.actor.login, text: signal.kind === 'retry' ? ONCE_MORE : signal.text }
        : decline(session, signal, hindrance);
    }
    case 'cancel':
      return { kind: 'cancelled', by: signal.actor.login };
    case 'ci': {
      const isOfHead = awaited.pull !== null && signal.headSha === awaited.pull.headSha;
      const hindrance = isOfHead
        ? await hindranceToRework(session, prepared, awaited, ['ci'])
        : 'of another head';
      if (hindrance === null) return { kind: 'rework', by: 'CI', text: signal.text };
      await consume(session, signal, hindrance);
      return null;
    }
    case 'push':
      await takePush(session, awaited, signal);
      return null;
    case 'closed': {
      const decision = await closedBy(session, signal.actor?.login ?? 'someone');
      if (decision === null) await consume(session, signal, 'open again');
      return decision;
    }
    case 'remark':
      session.show({ remarks: [...session.view.remarks, signal.text] });
      await consume(session, signal, 'shown');
      await report(session);
      return null;
    case 'expire':
      if (signal.round === session.round) return { kind: 'expired' };
      await consume(session, signal, 'of an earlier round');
      return null;
  }
}

/** What GitHub says by now of the pull request that somebody closed; null where it is open again. */
async function closedBy({ github, view }: Session, by: string): Promise<Decision | null> {
  if (view.pullRequest === null) return null;
  const { number } = view.pullRequest;
  const pull = await github.getPullRequest(number);
  if (pull?.state === 'open') return null;
  if (pull?.isMerged === true) return { kind: 'merged', by };
  return { kind: 'rejected', by, reason: `pull request #${number} was closed` };
}

/** Why there can be no rework, or null. People's and CI's have a number each. */
async function hindranceToRework(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
  kinds: readonly Signal['kind'][],
): Promise<string | null> {
  if ((await leftPushes(session, awaited)).length > 0)
    return `someone pushed to #${session.view.pullRequest?.number}, which a rework would undo; \`/approve\` or \`/reject\` it`;
  const earlier = (await signalsOf(session)).filter(
    ({ signal, outcome }) => outcome === 'rework' && kinds.includes(signal.kind),
  );
  return earlier.length < MAX_REWORKS
    ? unknownPusher(session, prepared, awaited)
    : `a run is reworked at most ${MAX_REWORKS} times; \`/approve\` or \`/reject\` it`;
}

type PersonSignal = Extract<Signal, { source: SignalSource }>;

async function mayDecide(session: Session, prepared: Prepared, signal: PersonSignal): Promise<boolean> {
  const threshold = prepared.config.permission.approve;
  if (!signal.actor.isBot && meetsThreshold(await session.github.permissionOf(signal.actor.login), threshold))
    return true;
  await decline(session, signal, `deciding takes ${threshold} access`);
  return false;
}

async function decline(session: Session, signal: PersonSignal, reason: string): Promise<null> {
  await answer(
    session,
    signal.source.number,
    signal.id,
    `\`/${signal.kind}\` by ${signal.actor.login} doesn't count: ${reason}.`,
  );
  await consume(session, signal, reason);
  return null;
}

async function consume(session: Session, signal: Signal, outcome: string): Promise<void> {
  await session.engine.database.transaction(session.run.request.tenant.id, async (tx) =>
    consumeSignal(tx, session.run, signal.id, outcome),
  );
}
