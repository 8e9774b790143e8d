import type { Effect } from '../../domain/effect.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { PreparedCommit } from '../../publish/target.ts';
import { awaitDecision, type Decision } from './await-decision.ts';
import type { Checked } from '../stages/check.ts';
import { finishDraft, mergeApproved } from '../stages/finish.ts';
import { judgeAgain, type Concerned } from './judge-again.ts';
import type { Pushed } from './look-for-push.ts';
import { guardWords } from '../stages/model-text.ts';
import type { Prepared } from '../stages/prepare.ts';
import { publishAll, type Sorted } from '../stages/publish.ts';
import { checklist, type Session } from '../session.ts';
import { waitingFor } from './waiting.ts';
import { PUBLISHED, shownApprovals } from './weigh-approval.ts';
import type { Worked } from '../stages/work.ts';

/** What publishing came to; `decision` is null where nothing waited. */
export interface Published {
  decision: Exclude<Decision, Pushed> | 'suspended' | null;
  /** Those of `Sorted.now` first, in its order. */
  effects: Effect[];
  /** Proposals that a host without a memory could not keep waiting. */
  withheld: number;
  /** For the outcomes table. */
  outcome: string | null;
  /** Of the run's own pull request, as someone pushed it before they sent it back: a rework starts from it. */
  head: string | null;
}

/** What a round has waiting for people. */
export interface Waits {
  worked: Worked;
  checked: Checked;
  sorted: Sorted;
  commit: PreparedCommit | null;
  /** That someone pushed to the draft, and which it was judged at; null while it is as the run left it. */
  head: string | null;
  /** As it was shown. */
  shown: Pick<RunView, 'proposals' | 'guardFindings' | 'decisions' | 'verdict'>;
}

/**
 * Waits until people have decided, judging again what someone pushed meanwhile, and publishes what they approved.
 *
 * @param now What is published already.
 */
export async function decideOn(
  session: Session,
  prepared: Prepared,
  { worked, checked, sorted, commit, head }: Waits,
  now: Effect[],
): Promise<Published> {
  const { round } = session;
  let pushed = head;
  const ask = async () =>
    awaitDecision(session, prepared, await waitingFor(session, prepared, commit, sorted, pushed));
  let decision = await ask();
  while (decision.kind === 'pushed') {
    pushed = decision.headSha;
    await judgeAgain(session, prepared, worked, checked, concernedBy(sorted), decision);
    decision = await ask();
  }
  const sofar = { effects: now, withheld: 0, head: sorted.draft.length > 0 ? pushed : null };
  if (decision.kind === 'suspended') return { ...sofar, decision: 'suspended', outcome: null };
  session.show({ waiting: null });
  if (decision.kind !== 'approved' && decision.kind !== 'merged')
    return { ...sofar, decision, outcome: decision.kind };
  // Where it was merged by hand, those that were there were not enough.
  session.show({ approvals: decision.kind === 'merged' ? [] : shownApprovals(decision.approvals) });
  if (session.run.state !== 'publishing') await session.change({ state: 'publishing' });
  if (decision.kind === 'merged') return { ...sofar, decision, outcome: 'approved' };
  const later = await publishAll(session, prepared, commit, sorted.later, false, round);
  const approvedSha = (sorted.draft.length > 0 ? pushed : null) ?? commit?.sha ?? null;
  const effects = [...now, ...later, ...(await finish(session, prepared, sorted, approvedSha))];
  // What was left to be done takes an approval that still stands; from here on nothing is.
  if (effects.every(({ state }) => state === 'verified' || state === 'skipped'))
    await session.journal.step(PUBLISHED, async () => true);
  return { ...sofar, decision, effects, outcome: 'approved' };
}

/** What waits goes on waiting whatever the verdict, for a person who approves the head as it is. */
export function concernedBy({ draft, later }: Sorted): Concerned {
  return { proposals: [...draft, ...later], isOpen: draft.length > 0, isAsked: true };
}

/**
 * A rework that left the draft as it is: it waits on as it was shown, for an approval of its own round.
 *
 * @param why What the rework came to; it may be the model's own words.
 */
export async function waitAgain(
  session: Session,
  prepared: Prepared,
  waits: Waits,
  now: Effect[],
  why: string,
): Promise<Published> {
  const { proposals, guardFindings, decisions, verdict } = waits.shown;
  const { remarks } = session.view;
  const remark = `The rework came to ${await guardWords(session, why)}; the draft waits on as it was.`;
  session.show({
    proposals,
    guardFindings,
    decisions,
    verdict,
    remarks: remarks.includes(remark) ? remarks : [...remarks, remark],
    steps: checklist('Publish'),
  });
  await beginPublishing(session);
  return decideOn(session, prepared, waits, now);
}

/** Unless the round is past that, or waits. */
export async function beginPublishing({ journal, run, change }: Session): Promise<void> {
  if (!journal.has('decision') && run.state !== 'publishing' && run.state !== 'waiting')
    await change({ state: 'publishing' });
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
