import { MusterError } from '../../domain/errors.ts';
import type { Effect } from '../../domain/effect.ts';
import type { ProposalOf, Proposal } from '../../domain/proposal.ts';
import type { Transaction } from '../../ports/database.ts';
import type { StepSpec } from '../tables/journal.ts';
import { consumeSignal, openPushes } from '../tables/signals.ts';
import type { Session } from '../session.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { Sorted } from '../stages/publish.ts';
import { decideOn, type Published, type Waits } from './decide-on.ts';
import { judgeAgain, type Concerned } from './judge-again.ts';
import { lookForPush, type Pushed } from './look-for-push.ts';

/** Recorded in the round that was done when the push came. */
export const PUSHED: StepSpec = { key: 'pushed', kind: 'signal', input: null };

/** Who pushed to the run's own pull request since its work was done; null where nobody did, or it is closed. */
export async function pushedSince(session: Session, prepared: Prepared): Promise<Pushed | null> {
  const { journal, run, engine } = session;
  const { pullRequest, headSha } = session.view;
  if (pullRequest === null || headSha === null) return null;
  if (journal.has(PUSHED.key))
    return journal.step<Pushed>(PUSHED, async () => {
      throw new MusterError('journal_changed', 'The recorded push is gone.');
    });
  const { id } = run.request.tenant;
  const pushes = (await engine.database.transaction(id, async (tx) => openPushes(tx, run))).filter(
    ({ number }) => number === pullRequest.number,
  );
  if (pushes.length === 0) return null;
  const pull = { number: pullRequest.number, headSha, baseRef: prepared.baseRef };
  const pushed = await lookForPush(session, prepared, { pull });
  const take = async (tx: Transaction) => {
    for (const push of pushes) await consumeSignal(tx, run, push.id, 'looked at');
  };
  if (pushed !== null) return journal.step(PUSHED, async () => pushed, take);
  await engine.database.transaction(id, take);
  return null;
}

/**
 * Judges the run's own pull request as it is now, and asks people again: no approval of an earlier head counts for
 * this one. Where the gate had published it without anybody, it asks only for what the gate asks for.
 */
export async function followPush(
  session: Session,
  prepared: Prepared,
  { worked, checked, sorted, commit, shown }: Waits,
  effects: Effect[],
  pushed: Pushed,
): Promise<Published & { waits: Waits }> {
  const { approvals, pullRequest } = session.view;
  const concerned = standingOf(sorted);
  // What is asked about is what stands, whatever a later round proposed beside it.
  session.show({ proposals: concerned.proposals, guardFindings: shown.guardFindings, decisions: [] });
  const asked: Sorted = { now: [], draft: concerned.proposals, later: [] };
  const waits: Waits = { worked, checked, sorted: asked, commit, shown, head: pushed.headSha };
  const decisions = await judgeAgain(session, prepared, worked, checked, concerned, pushed);
  if (decisions.every(({ value }) => value === 'publish')) {
    session.show({ approvals });
    return { decision: null, effects, withheld: 0, outcome: null, head: null, waits };
  }
  if (pullRequest !== null) session.show({ pullRequest: { ...pullRequest, isAsked: true } });
  return { ...(await decideOn(session, prepared, waits, effects)), waits };
}

/** The pull request that stands; people were asked about it unless the gate published it without them. */
export function standingOf({ now, draft, later }: Sorted): Concerned & { proposals: Opened[] } {
  const proposals = [...now, ...draft, ...later].filter(isOpened);
  return { proposals, isOpen: true, isAsked: !now.some(isOpened) };
}

type Opened = ProposalOf<'pull_request'>;

function isOpened(proposal: Proposal): proposal is Opened {
  return proposal.kind === 'pull_request';
}
