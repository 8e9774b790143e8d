import type { Effect } from '../domain/effect.ts';
import type { Proposal } from '../domain/proposal.ts';
import { awaitDecision, type Decision } from './await-decision.ts';
import { check, type Checked } from './check.ts';
import { decide } from './decide.ts';
import { recordDecision } from './decisions.ts';
import { endOfEffects, endOfNothingNew, endOfUnprepared, endWithoutProposals } from './ends.ts';
import { leaveOutKnown } from './findings.ts';
import { finishDraft, mergeApproved } from './finish.ts';
import { judge } from './judge.ts';
import { judgeAgain } from './judge-again.ts';
import type { Pushed } from './look-for-push.ts';
import { prepare, prepareAgain, type Prepared } from './prepare.ts';
import { buildCommit, publishAll, sortByDecision, type Sorted } from './publish.ts';
import { closeDraft } from '../publish/draft.ts';
import { quoteNow } from './run-cap.ts';
import { checklist, type Session } from './session.ts';
import { settleRun } from './settle.ts';
import { waitingFor } from './waiting.ts';
import { PUBLISHED, shownApprovals } from './weigh-approval.ts';
import { work, type Rework, type Worked } from './work.ts';

/**
 * The whole life of a run, from top to bottom: prepare → work → check → judge → decide → publish, and once
 * more from work where a person asks for changes. Every stage is recorded; a resumed run comes down here
 * again and finds what it has done already.
 */
export async function runPipeline(session: Session): Promise<void> {
  let prepared = await prepare(session);
  if (prepared.kind !== 'ready') return settleRun(session, endOfUnprepared(prepared));
  await showPrepared(session, prepared);
  let rework: Rework | null = null;
  const published: Proposal[] = [];
  for (;;) {
    const worked = await work(session, prepared, rework);
    const empty = endWithoutProposals(worked);
    if (empty !== null && session.round === session.run.round) return settleRun(session, empty);
    if (empty !== null) {
      // A retry of a round that was recorded as failed: with what the files say by now.
      await session.nextRound();
      prepared = await prepareAgain(session, prepared);
      if (prepared.kind !== 'ready') return settleRun(session, endOfUnprepared(prepared));
      continue;
    }
    const guarded = await check(session, prepared, worked, [...published]);
    const checked = await leaveOutKnown(session, prepared, guarded);
    if (checked.proposals.length < guarded.proposals.length && checked.proposals.length === 0)
      return settleRun(session, endOfNothingNew());
    const verdict = await judge(session, prepared, worked, checked);
    const decisions = await decide(session, prepared, checked, verdict);
    const sorted = sortByDecision(checked, decisions);
    if (prepared.config.isDryRun)
      return settleRun(session, { state: 'done', reason: 'dry run: nothing was published', failure: null });
    const came = await publishWhatMay(session, prepared, worked, checked, sorted);
    if (came.decision === 'suspended') return undefined;
    if (came.decision?.kind !== 'rework') return settlePublished(session, came);
    await keepRework(session, came.decision.by);
    published.push(...countedOf(sorted.now, came.effects));
    rework = { text: came.decision.text, before: worked };
    await session.nextRound();
  }
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
  if (by === 'CI' || session.round < session.run.round) return;
  await session.change({}, async (tx) => recordDecision(tx, session, 'reworked'));
}

/** What publishing came to; `decision` is null where nothing waited. */
export interface Published {
  decision: Exclude<Decision, Pushed> | 'suspended' | null;
  /** Those of `Sorted.now` first, in its order. */
  effects: Effect[];
  /** Proposals that a host without a memory could not keep waiting. */
  withheld: number;
  /** For the outcomes table. */
  outcome: string | null;
}

/** After a no, or none in time, the draft is closed and its branch kept. */
async function settlePublished(session: Session, published: Published): Promise<void> {
  const end = endOfEffects(session, published);
  const { pullRequest } = session.view;
  if (['rejected', 'cancelled', 'expired'].includes(end.state) && pullRequest !== null) {
    await closeDraft(session.github, pullRequest.number);
  }
  await settleRun(session, end, published.outcome);
}

async function publishWhatMay(
  session: Session,
  prepared: Prepared,
  worked: Worked,
  checked: Checked,
  sorted: Sorted,
): Promise<Published> {
  const { canWait } = session.engine;
  const { round } = session;
  const isWaiting = sorted.later.length + sorted.draft.length > 0;
  session.show({ steps: checklist('Publish') });
  const commit =
    canWait || sorted.now.some((proposal) => proposal.kind === 'pull_request')
      ? await buildCommit(session, prepared, sorted)
      : null;
  if (
    !session.journal.has('decision') &&
    session.run.state !== 'publishing' &&
    session.run.state !== 'waiting'
  ) {
    await session.change({ state: 'publishing' });
  }
  const now = await publishAll(
    session,
    prepared,
    commit,
    [...sorted.now, ...(canWait ? sorted.draft : [])],
    sorted.draft.length > 0,
    round,
  );
  // A draft that could not be opened leaves nothing to decide on.
  const hasDrafts = now.every((effect) => effect.kind !== 'pull_request' || effect.state === 'verified');
  if (!isWaiting || !hasDrafts) return { decision: null, effects: now, withheld: 0, outcome: null };
  if (!canWait)
    return {
      decision: null,
      effects: now,
      withheld: sorted.later.length + sorted.draft.length,
      outcome: null,
    };
  let pushed: string | null = null;
  const ask = async () =>
    awaitDecision(session, prepared, await waitingFor(session, prepared, commit, sorted, pushed));
  let decision = await ask();
  while (decision.kind === 'pushed') {
    pushed = decision.headSha;
    await judgeAgain(session, prepared, worked, checked, sorted, decision);
    decision = await ask();
  }
  if (decision.kind === 'suspended')
    return { decision: 'suspended', effects: now, withheld: 0, outcome: null };
  session.show({ waiting: null });
  if (decision.kind !== 'approved') return { decision, effects: now, withheld: 0, outcome: decision.kind };
  session.show({ approvals: shownApprovals(decision.approvals) });
  if (session.run.state !== 'publishing') await session.change({ state: 'publishing' });
  const later = await publishAll(session, prepared, commit, sorted.later, false, round);
  const approvedSha = (sorted.draft.length > 0 ? pushed : null) ?? commit?.sha ?? null;
  const effects = [...now, ...later, ...(await finish(session, prepared, sorted, approvedSha))];
  // What was left to be done takes an approval that still stands; from here on nothing is.
  if (effects.every(({ state }) => state === 'verified' || state === 'skipped'))
    await session.journal.step(PUBLISHED, async () => true);
  return { decision, effects, withheld: 0, outcome: 'approved' };
}

/** An approved pull request becomes ready for review, and is merged where the configuration says so. */
async function finish(
  session: Session,
  prepared: Prepared,
  sorted: Sorted,
  approvedSha: string | null,
): Promise<Effect[]> {
  const { pullRequest } = session.view;
  const isProposed = [...sorted.draft, ...sorted.later].some((proposal) => proposal.kind === 'pull_request');
  if (!isProposed || pullRequest === null || approvedSha === null) return [];
  const ready = await finishDraft(session, pullRequest.number, approvedSha);
  if (prepared.config.merge === 'never' || ready.state !== 'verified') return [ready];
  return [ready, await mergeApproved(session, pullRequest.number, approvedSha)];
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
