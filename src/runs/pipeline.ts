import type { Effect } from '../domain/effect.ts';
import type { Proposal } from '../domain/proposal.ts';
import { closeDraft } from '../publish/draft.ts';
import { check, type Checked } from './stages/check.ts';
import { decide } from './stages/decide.ts';
import { followPush, pushedSince } from './decision/after-push.ts';
import { beginPublishing, decideOn, waitAgain, type Published, type Waits } from './decision/decide-on.ts';
import { recordDecision } from './tables/decisions.ts';
import {
  endOfDraftLeft,
  endOfDryRun,
  endOfEffects,
  endOfNothingNew,
  endOfUnprepared,
  endWithoutProposals,
} from './stages/ends.ts';
import { leaveOutKnown } from './stages/findings.ts';
import { judge } from './stages/judge.ts';
import { prepare, prepareAgain, type Prepared, type Unprepared } from './stages/prepare.ts';
import { buildCommit, publishAll, sortByDecision, type Sorted } from './stages/publish.ts';
import { quoteNow } from './stages/run-cap.ts';
import { checklist, type Session } from './session.ts';
import { settleRun, type RunEnd } from './stages/settle.ts';
import { work, type Rework, type Worked } from './stages/work.ts';

/**
 * The whole life of a run, from top to bottom: prepare → work → check → judge → decide → publish, and once
 * more from work where a person asks for changes. Every stage is recorded; a resumed run comes down here
 * again and finds what it has done already.
 */
export async function runPipeline(session: Session): Promise<void> {
  let prepared = await prepare(session);
  if (prepared.kind !== 'ready') return settleUnprepared(session, prepared);
  await showPrepared(session, prepared);
  let rework: Rework | null = null;
  let draft: Waits | null = null;
  let opened: Waits | null = null;
  const published: Proposal[] = [];
  for (;;) {
    const worked = await work(session, prepared, rework);
    const came = await publishRound(session, prepared, worked, published, draft);
    if ('end' in came) {
      if (!came.mayRetry || came.end.state === 'done' || session.round === session.run.round)
        return settle(session, prepared, { end: came.end, outcome: null, effects: [] }, opened);
      // A retry of a round that was recorded as failed: with what the files say by now.
      await session.nextRound();
      prepared = await prepareAgain(session, prepared);
      if (prepared.kind !== 'ready') return settleUnprepared(session, prepared);
      continue;
    }
    opened = came.opened ?? opened;
    if (came.decision === 'suspended') return undefined;
    if (came.decision?.kind !== 'rework')
      return settle(session, prepared, { ...came, end: endOfEffects(session, came) }, opened);
    await keepRework(session, came.decision.by);
    draft = came.draft ?? draft;
    rework = { text: came.decision.text, before: came.worked };
    await session.nextRound();
  }
}

/** A round that ended the run, or what it published and what people said of what waited. */
type Round =
  | { end: RunEnd; mayRetry: boolean }
  | (Published & {
      /** What opened a draft, which the rounds to come may leave as it is. */
      draft: Waits | null;
      /** What opened a pull request of this run, whoever approved it. */
      opened: Waits | null;
      /** What a rework goes on from. */
      worked: Worked;
    });

/**
 * From the guards to people's decision.
 *
 * @param published What earlier rounds published; this one adds to it.
 * @param draft Opened by an earlier round and approved by nobody: where this one proposes no other, it waits on.
 */
async function publishRound(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  published: Proposal[],
  draft: Waits | null,
): Promise<Round> {
  const waitOn = async (waits: Waits, effects: Effect[], why: string): Promise<Round> => ({
    ...(await waitAgain(session, prepared, waits, effects, why)),
    draft: null,
    opened: null,
    worked: { ...worked, result: { ...worked.result, proposals: waits.worked.result.proposals } },
  });
  const endOrWait = async (end: RunEnd, mayRetry: boolean): Promise<Round> =>
    draft === null || end.state !== 'done' ? { end, mayRetry } : waitOn(draft, [], end.reason ?? end.state);
  const empty = endWithoutProposals(worked);
  if (empty !== null) return endOrWait(empty, true);
  const guarded = await check(session, prepared, worked, [...published]);
  const checked = await leaveOutKnown(session, prepared, guarded);
  if (checked.proposals.length < guarded.proposals.length && checked.proposals.length === 0)
    return endOrWait(endOfNothingNew(), false);
  const verdict = await judge(session, prepared, worked, checked);
  const decisions = await decide(session, prepared, checked, verdict);
  const sorted = sortByDecision(checked, decisions);
  if (prepared.config.isDryRun) return { end: endOfDryRun(), mayRetry: false };
  const { waits, isWaiting, ...came } = await publishWhatMay(session, prepared, worked, checked, sorted);
  published.push(...countedOf(sorted.now, came.effects));
  const mayPublish = [...sorted.now, ...sorted.draft, ...sorted.later];
  const isReplaced = mayPublish.some(({ kind }) => kind === 'pull_request');
  const isOver = came.decision === null || came.outcome === 'approved';
  if (draft !== null && !isReplaced && isOver && endOfEffects(session, came).state === 'done') {
    if (guarded.proposals.some(({ kind }) => kind === 'pull_request'))
      return { end: endOfDraftLeft(session), mayRetry: true };
    if (came.decision !== null) {
      // What was approved was something else.
      await session.nextRound();
      session.show({ approvals: [] });
    }
    return waitOn(draft, came.effects, 'no other pull request');
  }
  return {
    ...came,
    draft: sorted.draft.length > 0 && isWaiting ? waits : null,
    opened: mayPublish.some(({ kind }) => kind === 'pull_request') ? waits : null,
    worked,
  };
}

/** What counts towards the maximum of its kind in later rounds; a pull request is changed by those, not added to. */
function countedOf(proposals: readonly Proposal[], effects: readonly Effect[]): Proposal[] {
  return proposals.filter(({ kind }, index) => {
    const state = effects[index]?.state;
    return kind !== 'pull_request' && (state === 'verified' || state === 'unknown');
  });
}

/** A person's wish for changes is a decision on the verdict of this round; a red CI is no person's. */
async function keepRework(session: Session, by: string): Promise<void> {
  if (session.round < session.run.round) return;
  session.show({ approvals: [] });
  if (by !== 'CI') await session.change({}, async (tx) => recordDecision(tx, session, 'reworked'));
}

/** An end that is not written yet. */
type Ending = Pick<Published, 'outcome' | 'effects'> & { end: RunEnd };

/**
 * Ends the run, unless it is done and someone pushes to the pull request that it had opened: that is judged, and
 * asked of people. After a no, or none in time, a draft is closed and its branch kept.
 */
async function settle(
  session: Session,
  prepared: Prepared,
  { end, outcome, effects }: Ending,
  opened: Waits | null,
): Promise<void> {
  const isFollowed = end.state === 'done' && opened !== null;
  const pushed = isFollowed ? await pushedSince(session, prepared) : null;
  if (pushed !== null && opened !== null) {
    const next = await followPush(session, prepared, opened, effects, pushed);
    if (next.decision === 'suspended') return;
    return settle(session, prepared, { ...next, end: endOfEffects(session, next) }, opened);
  }
  const { pullRequest, wasDone = false } = session.view;
  // Someone had approved it before: it is no draft any more.
  const isTakenBack = end.state === 'rejected' || (!wasDone && ['cancelled', 'expired'].includes(end.state));
  if (isTakenBack && pullRequest !== null) await closeDraft(session.github, pullRequest.number);
  if (!(await settleRun(session, end, outcome, isFollowed)))
    await settle(session, prepared, { end, outcome, effects }, opened);
}

async function settleUnprepared(session: Session, unprepared: Unprepared): Promise<void> {
  await settleRun(session, endOfUnprepared(unprepared));
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
  const waits = { worked, checked, sorted, commit, shown: session.view };
  // A draft that could not be opened leaves nothing to decide on.
  const hasDrafts = effects.every(({ kind, state }) => kind !== 'pull_request' || state === 'verified');
  if (waiting === 0 || !hasDrafts || !canWait) {
    const withheld = hasDrafts && !canWait ? waiting : 0;
    return { decision: null, effects, withheld, outcome: null, waits, isWaiting: false };
  }
  return { ...(await decideOn(session, prepared, waits, effects)), waits, isWaiting: true };
}

async function showPrepared(session: Session, prepared: Prepared): Promise<void> {
  const closed = closedRemark(prepared);
  const { remarks } = session.view;
  session.show({
    remarks: closed === null || remarks.includes(closed) ? remarks : [...remarks, closed],
    isPrivateRepository: prepared.repository.isPrivate,
    repositoryUrl: prepared.repository.url,
    quote: await quoteNow(session, prepared),
    isDryRun: prepared.config.isDryRun,
    headSha: session.view.headSha ?? prepared.pullRequest?.head.sha ?? null,
  });
  if (prepared.taint !== null && !session.run.isTainted) await session.change({ isTainted: true });
}

/** Who asked did so while it was open, or knowing that it is not: the run goes on, and says what it met. */
function closedRemark({ issue, pullRequest }: Prepared): string | null {
  if (issue.state === 'open') return null;
  const what =
    pullRequest === null
      ? 'issue was closed'
      : `pull request was ${pullRequest.isMerged ? 'merged' : 'closed'}`;
  return `The ${what} already when this run started.`;
}
