import type { Proposal } from '../domain/proposal.ts';
import { closeDraft } from '../publish/draft.ts';
import { followPush, pushedSince } from './decision/after-push.ts';
import type { Waits } from './decision/decide-on.ts';
import { runRound, type Round } from './round.ts';
import type { Session } from './session.ts';
import { costsNow } from './stages/costs-shown.ts';
import { endOfEffects, endOfUnprepared } from './stages/ends.ts';
import { refusedDraft } from './stages/finish.ts';
import { onOwnHead, prepare, prepareAgain, type Prepared, type Unprepared } from './stages/prepare.ts';
import { quoteNow } from './stages/run-cap.ts';
import { settleRun } from './stages/settle.ts';
import { work, type Rework } from './stages/work.ts';
import { recordDecision } from './tables/decisions.ts';

/**
 * The whole life of a run, from top to bottom: prepare → work → check → judge → decide → publish, and once
 * more from work where a person asks for changes. Every stage is recorded; a resumed run comes down here
 * again and finds what it has done already.
 */
export async function runPipeline(session: Session): Promise<void> {
  let prepared = await prepare(session);
  if (prepared.kind !== 'ready') return settleUnprepared(session, prepared);
  await showPrepared(session, prepared, session.view.headSha);
  let rework: Rework | null = null;
  let head: string | null = null;
  let draft: Waits | null = null;
  let opened: Waits | null = null;
  const published: Proposal[] = [];
  for (;;) {
    const world: Prepared = head === null ? prepared : onOwnHead(prepared, head);
    const worked = await work(session, world, rework);
    const round = await runRound(session, world, worked, published, draft);
    if (round.mayRetry && session.round < session.run.round) {
      // A retry of what was recorded as failed: with what the files say by now.
      await session.nextRound();
      prepared = await prepareAgain(session, prepared);
      if (prepared.kind !== 'ready') return settleUnprepared(session, prepared);
      await showPrepared(session, prepared, session.view.pullRequest === null ? null : session.view.headSha);
      continue;
    }
    opened = round.opened ?? opened;
    const sentBack = await settle(session, world, round, opened);
    if (sentBack === null) return undefined;
    await keepRework(session, sentBack.by);
    head = sentBack.head ?? head;
    draft = sentBack.draft ?? draft;
    rework = { text: sentBack.text, before: sentBack.worked, isOnHead: sentBack.head !== null };
    await session.nextRound();
  }
}

/** What somebody, or a red CI, wants done once more. */
interface SentBack extends Pick<Round, 'worked' | 'draft'> {
  by: string;
  text: string;
  /** That someone had pushed to the run's own pull request: the rework starts from it. */
  head: string | null;
}

/**
 * Ends the run, unless it waits (null as well), was sent back, or is done and someone pushes to the pull request that
 * it had opened: that is judged, and asked of people.
 */
async function settle(
  session: Session,
  prepared: Prepared,
  round: Round,
  opened: Waits | null,
): Promise<SentBack | null> {
  const { decision, effects, outcome, head } = round.published;
  if (decision === 'suspended') return null;
  if (decision?.kind === 'rework')
    return { by: decision.by, text: decision.text, head, worked: round.worked, draft: draftAt(round, head) };
  const end = round.end ?? endOfEffects(session, round.published);
  const isFollowed = end.state === 'done' && opened !== null;
  const pushed = isFollowed ? await pushedSince(session, prepared) : null;
  if (pushed !== null && opened !== null) {
    const { waits, ...next } = await followPush(session, prepared, opened, effects, pushed);
    const published = { ...next, outcome: next.outcome ?? outcome };
    return settle(session, prepared, { ...round, published, end: null, draft: waits }, opened);
  }
  const refused = refusedDraft(session, end.state);
  if (refused !== null) await closeDraft(session.github, refused);
  const goesOn = { isFollowed, isRoundOver: round.mayRetry };
  return (await settleRun(session, end, outcome, goesOn)) ? null : settle(session, prepared, round, opened);
}

/** The draft as it waits on where the rework leaves it. */
function draftAt({ draft }: Round, head: string | null): Waits | null {
  return draft === null || head === null ? draft : { ...draft, head };
}

async function settleUnprepared(session: Session, unprepared: Unprepared): Promise<void> {
  await settleRun(session, endOfUnprepared(unprepared));
}

/** A person's wish for changes is a decision on the verdict of this round; a red CI is no person's. */
async function keepRework(session: Session, by: string): Promise<void> {
  if (session.round === session.run.round && by !== 'CI')
    await session.change({}, async (tx) => recordDecision(tx, session, 'reworked'));
  // It is withdrawn: the next round proposes all that is to be published.
  session.show({ proposals: [], guardFindings: [], verdict: null, decisions: [], approvals: [] });
}

/** @param headSha That the run shows its checks on already. */
async function showPrepared(session: Session, prepared: Prepared, headSha: string | null): Promise<void> {
  const closed = closedRemark(prepared);
  const { remarks } = session.view;
  session.show({
    remarks: closed === null || remarks.includes(closed) ? remarks : [...remarks, closed],
    isPrivateRepository: prepared.repository.isPrivate,
    repositoryUrl: prepared.repository.url,
    quote: await quoteNow(session, prepared),
    ...(await costsNow(session, prepared)),
    isDryRun: prepared.config.isDryRun,
    headSha: headSha ?? prepared.pullRequest?.head.sha ?? null,
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
