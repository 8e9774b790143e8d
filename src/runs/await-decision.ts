import type { Waiting } from '../domain/run-view.ts';
import type { Approval, Shown } from '../gate/approval.ts';
import { MusterError } from '../domain/errors.ts';
import { meetsThreshold } from '../domain/permission.ts';
import { isWaitingWhole } from '../publish/proposal-text.ts';
import { answer } from './answer.ts';
import type { Prepared } from './prepare.ts';
import { idsOf, report } from './report.ts';
import type { Session } from './session.ts';
import { shownApprovals, weighApproval } from './weigh-approval.ts';
import { suspend } from './suspend.ts';
import { consumeSignal, loadSignals, type Signal, type SignalSource } from './signals.ts';

/** What people decided; `suspended` means that nobody has yet, and the job has been given back. */
export type Decision =
  | { kind: 'approved'; approvals: Approval[] }
  | { kind: 'rejected'; by: string; reason: string | null }
  | { kind: 'rework'; by: string; text: string }
  | { kind: 'cancelled'; by: string }
  | { kind: 'expired' };

export interface AwaitedProposals {
  waiting: Waiting;
  /** Head of the pull request that waits; null where none is open yet. */
  headSha: string | null;
  pullRequestNumber: number | null;
}

const MAX_REWORKS = 3;

/**
 * Shows what waits, then takes signals in their order until one decides. Without a decision the run is put
 * to wait in one transaction with the end of its job, unless a signal came in between.
 */
export async function awaitDecision(
  session: Session,
  prepared: Prepared,
  awaited: AwaitedProposals,
): Promise<Decision | { kind: 'suspended' }> {
  if (session.journal.has('decision')) return recordedDecision(session);
  session.show({ waiting: awaited.waiting });
  await showWaiting(session);
  const shown: Shown = {
    digest: awaited.waiting.digest,
    shownAt: await firstShown(session),
    isFirstShowing: session.round === 0,
    headSha: awaited.headSha,
    expiresAt: awaited.waiting.expiresAt,
  };
  for (;;) {
    const signal = await nextSignal(session);
    if (signal !== null) {
      const decision = await consider(session, prepared, awaited, shown, signal);
      if (decision !== null) return recordDecision(session, decision, signal);
    } else if (await suspend(session, awaited.waiting.expiresAt)) {
      return { kind: 'suspended' };
    }
  }
}

/** When this round came to be shown; recorded, because every later remark edits the comment again. */
async function firstShown(session: Session): Promise<string> {
  return session.journal.step(
    { key: 'shown', kind: 'gate', input: null },
    async () => session.view.comment?.shownAt ?? session.engine.clock.now().toISOString(),
  );
}

/** The state is written with the end of the job only, after everything is shown. */
async function showWaiting(session: Session): Promise<void> {
  await report(session, { ...session.view, run: { ...session.run, state: 'waiting' } });
}

const DECISION = { key: 'decision', kind: 'signal', input: null } as const;

async function recordedDecision(session: Session): Promise<Decision> {
  return session.journal.step<Decision>(DECISION, async () => {
    throw new MusterError('journal_changed', 'The recorded decision is gone.', { value: idsOf(session) });
  });
}

async function recordDecision(session: Session, decision: Decision, signal: Signal): Promise<Decision> {
  // A signal that came before the run was put to wait decides it all the same, from the state of waiting.
  if (session.run.state !== 'waiting') await session.change({ state: 'waiting' });
  return session.journal.step(
    DECISION,
    async () => decision,
    async (tx) => consumeSignal(tx, session.run, signal.id, decision.kind),
  );
}

async function nextSignal(session: Session): Promise<Signal | null> {
  const stored = await session.engine.database.transaction(session.run.request.tenant.id, async (tx) =>
    loadSignals(tx, session.run),
  );
  return stored.find((entry) => !entry.isConsumed)?.signal ?? null;
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
      if (weighed.kind === 'declined') return decline(session, signal, weighed.reason);
      session.show({ approvals: shownApprovals(weighed.approvals) });
      if (weighed.kind === 'approved') return weighed;
      await consume(session, signal, 'counted');
      await showWaiting(session);
      return null;
    }
    case 'reject':
      return (await mayDecide(session, prepared, signal))
        ? { kind: 'rejected', by: signal.actor.login, reason: signal.reason }
        : null;
    case 'rework':
      if (!(await mayDecide(session, prepared, signal))) return null;
      if (session.round >= MAX_REWORKS)
        return decline(
          session,
          signal,
          `a run is reworked at most ${MAX_REWORKS} times; \`/approve\` or \`/reject\` it`,
        );
      return { kind: 'rework', by: signal.actor.login, text: signal.text };
    case 'cancel':
      return { kind: 'cancelled', by: signal.actor.login };
    case 'retry':
      return decline(
        session,
        signal,
        'only a failed run can be retried; this one waits for `/approve`, `/reject` or `/rework`',
      );
    case 'ci':
      if (signal.headSha !== session.view.pullRequest?.headSha) {
        await consume(session, signal, 'of an earlier head');
        return null;
      }
      if (session.round < MAX_REWORKS) return { kind: 'rework', by: 'CI', text: signal.text };
      await consume(session, signal, 'reworked often enough');
      return null;
    case 'remark':
      session.show({ remarks: [...session.view.remarks, signal.text] });
      await consume(session, signal, 'shown');
      await showWaiting(session);
      return null;
    case 'expire':
      if (signal.round === session.round) return { kind: 'expired' };
      await consume(session, signal, 'of an earlier round');
      return null;
  }
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
