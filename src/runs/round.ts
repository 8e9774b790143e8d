import type { Effect } from '../domain/effect.ts';
import type { Proposal } from '../domain/proposal.ts';
import { beginPublishing, decideOn, waitAgain, type Published, type Waits } from './decision/decide-on.ts';
import { checklist, type Session } from './session.ts';
import { check, type Checked } from './stages/check.ts';
import { decide } from './stages/decide.ts';
import {
  endOfDraftLeft,
  endOfDryRun,
  endOfEffects,
  endOfNothingNew,
  endWithoutProposals,
} from './stages/ends.ts';
import { leaveOutKnown } from './stages/findings.ts';
import { judge } from './stages/judge.ts';
import type { Prepared } from './stages/prepare.ts';
import { buildCommit, publishAll, sortByDecision, type Sorted } from './stages/publish.ts';
import type { RunEnd } from './stages/settle.ts';
import type { Worked } from './stages/work.ts';

/** What one round came to. */
export interface Round {
  published: Published;
  /** Where it is another than what was published gives. */
  end: RunEnd | null;
  /** True for a failure that is recorded: a `/retry` of it is another round. */
  mayRetry: boolean;
  /** What opened a draft, which the rounds to come may leave as it is. */
  draft: Waits | null;
  /** What opened a pull request of this run, whoever approved it. */
  opened: Waits | null;
  /** What a rework goes on from. */
  worked: Worked;
}

const NOTHING: Published = { decision: null, effects: [], withheld: 0, outcome: null, head: null };

/**
 * From the guards to people's decision.
 *
 * @param published What earlier rounds published; this one adds to it.
 * @param draft Opened by an earlier round and approved by nobody: where this one proposes no other, it waits on.
 */
export async function runRound(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  published: Proposal[],
  draft: Waits | null,
): Promise<Round> {
  const overOrWait = async (end: RunEnd): Promise<Round> =>
    draft === null || end.state !== 'done'
      ? over(worked, end)
      : waitOn(session, prepared, worked, draft, [], end.reason ?? end.state);
  const empty = endWithoutProposals(worked);
  if (empty !== null) return overOrWait(empty);
  const guarded = await check(session, prepared, worked, [...published]);
  const checked = await leaveOutKnown(session, prepared, guarded);
  if (checked.proposals.length < guarded.proposals.length && checked.proposals.length === 0)
    return overOrWait(endOfNothingNew());
  const verdict = await judge(session, prepared, worked, checked);
  const decisions = await decide(session, prepared, checked, verdict);
  const sorted = sortByDecision(checked, decisions);
  if (prepared.config.isDryRun) return over(worked, endOfDryRun());
  const { waits, isWaiting, ...came } = await publishWhatMay(session, prepared, worked, checked, sorted);
  published.push(...countedOf(sorted.now, came.effects));
  const isReplaced = hasPullRequest([...sorted.now, ...sorted.draft, ...sorted.later]);
  if (draft !== null && !isReplaced && isCarriedOut(session, came)) {
    if (hasPullRequest(guarded.proposals)) return over(worked, endOfDraftLeft(session));
    if (came.decision !== null) {
      // What was approved was something else.
      await session.nextRound();
      session.show({ approvals: [] });
    }
    return waitOn(session, prepared, worked, draft, came.effects, 'no other pull request');
  }
  return {
    published: came,
    end: null,
    mayRetry: false,
    draft: sorted.draft.length > 0 && isWaiting ? waits : null,
    opened: isReplaced ? waits : null,
    worked,
  };
}

function over(worked: Worked, end: RunEnd): Round {
  return { published: NOTHING, end, mayRetry: end.state === 'failed', draft: null, opened: null, worked };
}

/** The draft of an earlier round waits on, and a further rework goes on from that. */
async function waitOn(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  draft: Waits,
  effects: Effect[],
  why: string,
): Promise<Round> {
  return {
    published: await waitAgain(session, prepared, draft, effects, why),
    end: null,
    mayRetry: false,
    draft: null,
    opened: null,
    worked: { ...worked, result: { ...worked.result, proposals: draft.worked.result.proposals } },
  };
}

/** True where nobody had to be asked, or they approved it, and all of it was done. */
function isCarriedOut(session: Session, came: Published): boolean {
  const { decision } = came;
  const isApproved = decision === null || (decision !== 'suspended' && decision.kind === 'approved');
  return isApproved && endOfEffects(session, came).state === 'done';
}

function hasPullRequest(proposals: readonly Proposal[]): boolean {
  return proposals.some(({ kind }) => kind === 'pull_request');
}

/** What counts towards the maximum of its kind in later rounds; a pull request is changed by those, not added to. */
function countedOf(proposals: readonly Proposal[], effects: readonly Effect[]): Proposal[] {
  return proposals.filter(({ kind }, index) => {
    const state = effects[index]?.state;
    return kind !== 'pull_request' && (state === 'verified' || state === 'unknown');
  });
}

/** Publishes what needs nobody, and asks people about the rest. */
async function publishWhatMay(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  sorted: Sorted,
): Promise<Published & { waits: Waits; isWaiting: boolean }> {
  const { canWait } = session.engine;
  const waiting = sorted.later.length + sorted.draft.length;
  session.show({ steps: checklist('Publish') });
  const commit =
    canWait || sorted.now.some((proposal) => proposal.kind === 'pull_request')
      ? await buildCommit(session, prepared, sorted)
      : null;
  await beginPublishing(session);
  const effects = await publishAll(
    session,
    prepared,
    commit,
    [...sorted.now, ...(canWait ? sorted.draft : [])],
    sorted.draft.length > 0,
    session.round,
  );
  const waits: Waits = { worked, checked, sorted, commit, head: null, shown: session.view };
  // A draft that could not be opened leaves nothing to decide on.
  const hasDrafts = effects.every(({ kind, state }) => kind !== 'pull_request' || state === 'verified');
  if (waiting === 0 || !hasDrafts || !canWait) {
    const withheld = hasDrafts && !canWait ? waiting : 0;
    return { decision: null, effects, withheld, outcome: null, head: null, waits, isWaiting: false };
  }
  return { ...(await decideOn(session, prepared, waits, effects)), waits, isWaiting: true };
}
