import { digestOf } from '../../domain/digest.ts';
import { MusterError } from '../../domain/errors.ts';
import { isEnded, type Run } from '../../domain/run.ts';
import type { RunView } from '../../domain/run-view.ts';
import { renderTrackingComment } from '../../publish/tracking-comment.ts';
import { decisionStep, type Decision } from '../decision/await-decision.ts';
import { check } from '../stages/check.ts';
import { decide } from '../stages/decide.ts';
import { endWithoutProposals } from '../stages/ends.ts';
import { leaveOutKnown } from '../stages/findings.ts';
import { judge } from '../stages/judge.ts';
import { concernedBy } from '../decision/decide-on.ts';
import { PUSHED, standingOf } from '../decision/after-push.ts';
import { judgeAgain, type Concerned } from '../decision/judge-again.ts';
import type { Pushed } from '../decision/look-for-push.ts';
import { onOwnHead, prepare, prepareAgain, type Prepared } from '../stages/prepare.ts';
import { buildCommit, sortByDecision, type Sorted } from '../stages/publish.ts';
import { openReplaySession, STAGES, type ReplayDeps, type ReplayedStep } from './replay-session.ts';
import type { Session } from '../session.ts';
import type { RunRecord } from './timeline.ts';
import { PUBLISHED, voidOf } from '../decision/weigh-approval.ts';
import { work, type Rework } from '../stages/work.ts';

/** A run's record, with the view that its tracking comment shows. */
export interface Recording {
  record: RunRecord;
  view: RunView | null;
}

export interface Replay {
  /** In the order in which the steps were recorded. */
  steps: ReplayedStep[];
  /** True where this build does otherwise than the one that recorded the run. */
  hasDiverged: boolean;
}

/**
 * Takes a recorded run through this build's stages once more, offline: what models, tools, people and GitHub
 * said is the record's; prompts, guards, the reading of verdicts, the gate and the tracking comment are made
 * anew and compared. A run that went on under several builds is compared with this one throughout.
 */
export async function replayRun({ record, view }: Recording, deps: ReplayDeps): Promise<Replay> {
  const { session, compared } = openReplaySession(record, deps);
  try {
    await replayStages(session);
  } catch (error) {
    // The run had not come further when it was recorded.
    const isEnd = error instanceof MusterError && ['not_recorded', 'offline'].includes(error.code);
    if (!isEnd) throw error;
  }
  const steps = inOrder(record, compared);
  if (view !== null) steps.push(...compareComment(record.run, view));
  const hasDiverged = steps.some(({ outcome }) => outcome !== 'same' && outcome !== 'not_compared');
  return { steps, hasDiverged };
}

/** Every recorded step with what became of it; what a stage that can't be compared would have asked for can't be. */
function inOrder(record: RunRecord, compared: readonly ReplayedStep[]): ReplayedStep[] {
  const reached = new Map(compared.map((step) => [step.key, step]));
  const steps: ReplayedStep[] = [];
  let stageFrom = 0;
  for (const { key } of record.steps) {
    const step = reached.get(key) ?? { key, outcome: 'not_reached', detail: null };
    steps.push(step);
    if (!STAGES.has(key.replace(/^r\d+\//, ''))) continue;
    if (step.outcome === 'not_compared') {
      for (const part of steps.slice(stageFrom))
        if (part.outcome === 'not_reached') part.outcome = 'not_compared';
    }
    stageFrom = steps.length;
  }
  return steps;
}

/** The stages of `runPipeline` without what they do on GitHub. */
async function replayStages(session: Session): Promise<void> {
  let prepared = await prepare(session);
  let rework: Rework | null = null;
  let head: string | null = null;
  let opened: Judged | null = null;
  while (prepared.kind === 'ready') {
    const world: Prepared = head === null ? prepared : onOwnHead(prepared, head);
    if (world.taint !== null) await session.change({ isTainted: true });
    const worked = await work(session, world, rework);
    if (endWithoutProposals(worked) !== null) {
      await session.nextRound();
      prepared = await prepareAgain(session, prepared);
      continue;
    }
    const checked = await leaveOutKnown(session, world, await check(session, world, worked, []));
    const verdict = await judge(session, world, worked, checked);
    const decisions = await decide(session, world, checked, verdict);
    const sorted = sortByDecision(checked, decisions);
    await buildCommit(session, world, sorted);
    const judgeIt: JudgeIt = async (concerned, pushed) =>
      judgeAgain(session, world, worked, checked, concerned, pushed);
    if ([...sorted.now, ...sorted.draft, ...sorted.later].some(({ kind }) => kind === 'pull_request'))
      opened = { sorted, judgeIt };
    const sentBack = await replayDecisions(session, { sorted, judgeIt }, opened);
    if (sentBack === null) return;
    head = sentBack.head ?? head;
    rework = { text: sentBack.text, before: worked, isOnHead: sentBack.head !== null };
    await session.nextRound();
  }
}

type JudgeIt = (concerned: Concerned, pushed: Pushed) => Promise<unknown>;

/** What a round proposed, and how it is judged again. */
interface Judged {
  sorted: Sorted;
  judgeIt: JudgeIt;
}

/**
 * What people decided of a round, and of what was pushed to it; null where they didn't send it back.
 *
 * @param opened The round whose pull request stands.
 */
async function replayDecisions(
  session: Session,
  round: Judged,
  opened: Judged | null,
): Promise<{ text: string; head: string | null } | null> {
  let head: string | null = null;
  let { judgeIt } = round;
  let concerned = concernedBy(round.sorted);
  for (;;) {
    const decision = session.journal.has('wait') ? await decisionOfRound(session) : null;
    if (decision?.kind === 'rework') return { text: decision.text, head: concerned.isOpen ? head : null };
    let pushed = decision?.kind === 'pushed' ? decision : null;
    if (pushed === null) {
      // Nobody waits for anything: the run was done, and someone pushed to what it had opened.
      if (opened === null || !session.journal.has(PUSHED.key)) return null;
      pushed = await session.journal.step<Pushed>(PUSHED, neverExecuted);
      ({ judgeIt } = opened);
      concerned = standingOf(opened.sorted);
    }
    head = pushed.headSha;
    await judgeIt(concerned, pushed);
    concerned = { ...concerned, isAsked: true };
  }
}

async function decisionOfRound(session: Session): Promise<Decision> {
  for (const key of ['wait', 'shown'])
    await session.journal.step({ key, kind: 'gate', input: null }, neverExecuted);
  const { journal } = session;
  let decision = await journal.step<Decision>(decisionStep(1), neverExecuted);
  for (let number = 1; journal.has(voidOf(decisionStep(number)).key); number += 1) {
    await journal.step(voidOf(decisionStep(number)), neverExecuted);
    decision = await journal.step<Decision>(decisionStep(number + 1), neverExecuted);
  }
  if (journal.has(PUBLISHED.key)) await journal.step(PUBLISHED, neverExecuted);
  return decision;
}

async function neverExecuted(): Promise<never> {
  throw new MusterError('not_recorded', 'only people and the clock can do this');
}

/** Whether this build would show the run as it is shown; only where it rests, for then all of it was shown. */
function compareComment(run: Run, view: RunView): ReplayedStep[] {
  const rests = run.state === 'waiting' || (isEnded(run.state) && run.state !== 'cancelled');
  if (!rests || view.comment === null) return [];
  const isSame = digestOf(renderTrackingComment({ ...view, run })) === view.comment.digest;
  return [{ key: 'tracking comment', outcome: isSame ? 'same' : 'another_output', detail: null }];
}
