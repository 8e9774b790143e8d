import { formatUsd } from '../domain/money.ts';
import { totalSpend, type RunView } from '../domain/run-view.ts';
import { isEnded } from '../domain/run.ts';
import { isDivided, passesThreshold } from '../domain/verdict.ts';
import type { CheckContent } from '../ports/github-checks.ts';
import { cutMarkdown, oneLine, quoteBlock, wholeOf } from './markdown.ts';
import { stripMarkers } from './markers.ts';
import { isWaitingWhole } from './proposal-text.ts';
import {
  approvalLines,
  bullets,
  costSection,
  gateSection,
  judgeSection,
  limitLines,
  paragraphs,
  publishedSection,
} from './sections.ts';
import { automationLine } from './signed-text.ts';
import { waitingLines } from './waiting-lines.ts';
import {
  hasOpenEffect,
  hasPublished,
  isNoop,
  isStoppedByBudget,
  quoteWords,
  scoreWords,
  verdictWords,
} from './words.ts';

export const CHECK_NAMES = ['muster/judge', 'muster/cost', 'muster/gate'] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** GitHub's limits of a check run; it counts the summary in UTF-8 bytes. */
const MAX_SUMMARY_BYTES = 65_535;
const MAX_TITLE = 255;
/** GitHub takes more, fifty a request; nobody reads more. */
const MAX_ANNOTATIONS = 50;
const MAX_MESSAGE = 2000;

type Actions = CheckContent['actions'];

/** The buttons. GitHub takes three of a check; label ≤ 20, description ≤ 40, identifier ≤ 20 characters. */
const APPROVE = { label: 'Approve', description: 'Publish what is shown', identifier: 'approve' };
const REJECT = { label: 'Reject', description: 'Drop what waits', identifier: 'reject' };
const RETRY = { label: 'Retry', description: 'Run it once more', identifier: 'retry' };

/** `conclusion` is null while the run goes on. */
interface Outcome {
  conclusion: CheckContent['conclusion'];
  title: string;
  actions?: Actions;
  annotations?: CheckContent['annotations'];
}

/** `muster/judge` of one run: the score alone decides; neutral where there was nothing to judge. */
export function renderJudgeCheck(view: RunView): CheckContent {
  return checkOf(view, { ...judgeOutcome(view), annotations: annotationsOf(view) }, [judgeSection(view)]);
}

/** `muster/cost` of one run: failure where a budget stopped it, whatever was published, or it was billed for nothing. */
export function renderCostCheck(view: RunView): CheckContent {
  return checkOf(view, costOutcome(view), [failureText(view), ...limitLines(view), costSection(view)]);
}

/** `muster/gate` of one run: never neutral or skipped, because those pass where a check is required. */
export function renderGateCheck(view: RunView): CheckContent {
  return checkOf(view, gateOutcome(view), [
    bullets(approvalLines(view)),
    waitingLines(view, isWaitingWhole(view)),
    failureText(view),
    gateSection(view),
    publishedSection(view),
  ]);
}

/** The content of a check from an outcome and its Markdown, within GitHub's limits. */
export function checkContent(
  outcome: Outcome & { status: CheckContent['status']; externalId: string },
  sections: readonly string[],
): CheckContent {
  const newest = outcome.externalId.split(',').find((runId) => runId !== '');
  const whole = newest === undefined ? null : wholeOf(newest);
  return {
    status: outcome.status,
    conclusion: outcome.conclusion,
    externalId: outcome.externalId,
    title: oneLine(outcome.title, MAX_TITLE),
    summary: cutMarkdown(paragraphs(sections), MAX_SUMMARY_BYTES, 'bytes', whole),
    annotations: (outcome.annotations ?? []).slice(0, MAX_ANNOTATIONS),
    actions: outcome.actions ?? [],
  };
}

function checkOf(view: RunView, outcome: Outcome, sections: readonly string[]): CheckContent {
  const { runId, work } = view.run.request;
  const running = view.run.state === 'queued' ? 'queued' : 'in_progress';
  const status = outcome.conclusion === null ? running : 'completed';
  const actions = (outcome.actions ?? []).filter((action) => isHeard(view, action));
  return checkContent({ ...outcome, actions, status, externalId: runId }, [
    ...sections,
    automationLine(work.name, runId),
  ]);
}

/** Whether the button does something on this head: an approval has to stand on the one that waits. */
function isHeard({ hearsCommentsOnly, waiting, headSha }: RunView, action: typeof APPROVE): boolean {
  if (hearsCommentsOnly === true) return false;
  return action !== APPROVE || !waiting?.pull || waiting.pull.headSha === headSha;
}

function judgeOutcome(view: RunView): Outcome {
  const { verdict, run } = view;
  if (['queued', 'working', 'judging'].includes(run.state)) return { conclusion: null, title: run.state };
  const title = verdictWords(verdict);
  if (verdict?.kind === 'scored') {
    if (passesThreshold(verdict)) return { conclusion: 'success', title: `Passed: ${title}` };
    return { conclusion: 'failure', title: `${isDivided(verdict) ? 'Divided' : 'Below'}: ${title}` };
  }
  if (verdict?.kind === 'missing') return { conclusion: 'failure', title };
  return run.state === 'failed' && totalSpend(view) > 0
    ? { conclusion: 'failure', title: `Nothing was judged: ${endReason(view)}` }
    : { conclusion: 'neutral', title: isNoop(view) ? 'Nothing to judge' : title };
}

/** The judge's evidence at the lines that it stands on. */
function annotationsOf({ verdict, quotes, headSha }: RunView): CheckContent['annotations'] {
  if (verdict?.kind !== 'scored' || quotes === undefined || quotes.headSha !== headSha) return [];
  return quotes.lines.flatMap(({ criterion, path, startLine, endLine }) => {
    const entry = verdict.criteria.find(({ name }) => name === criterion);
    if (entry === undefined) return [];
    const score = scoreWords(entry.score);
    return [
      {
        path,
        startLine,
        endLine,
        level: entry.score < verdict.threshold ? ('warning' as const) : ('notice' as const),
        title: `${stripMarkers(oneLine(criterion, 200))}: ${score}`,
        message: `The judge gave ${score} for this: ${stripMarkers(oneLine(entry.evidence, MAX_MESSAGE))}`,
      },
    ];
  });
}

function costOutcome(view: RunView): Outcome {
  const { run } = view;
  const quote = quoteWords(view);
  const title = `${formatUsd(totalSpend(view))}${quote === null ? '' : `, quote ${quote}`}`;
  if (!isEnded(run.state)) return { conclusion: null, title: `So far ${title}` };
  if (isStoppedByBudget(view)) return { conclusion: 'failure', title: `Stopped at ${title}` };
  const isBilled = totalSpend(view) > 0;
  if (run.state === 'failed' && isBilled)
    return { conclusion: 'failure', title: `${title}: ${endReason(view)}` };
  if (run.state !== 'done' || view.isDryRun) return { conclusion: 'neutral', title };
  if (isSettled(view)) return { conclusion: 'success', title };
  const problem = hasOpenEffect(view) ? 'not everything could be read back' : 'nothing was published';
  return { conclusion: 'failure', title: `${title}: ${problem}` };
}

function gateOutcome(view: RunView): Outcome {
  const { run, waiting } = view;
  switch (run.state) {
    case 'queued':
    case 'working':
    case 'judging':
    case 'publishing':
      return { conclusion: null, title: run.state };
    case 'waiting':
      return {
        conclusion: 'action_required',
        title: `Waits for ${waiting?.forWhom ?? 'a person'}`,
        actions: [...(isWaitingWhole(view) ? [APPROVE] : []), REJECT, RETRY],
      };
    case 'done':
      return doneOutcome(view);
    case 'cancelled':
      return { conclusion: 'cancelled', title: endTitle(view) };
    case 'failed':
      return { conclusion: 'failure', title: endTitle(view), actions: [RETRY] };
    case 'rejected':
    case 'expired':
    case 'refused':
      return { conclusion: 'failure', title: endTitle(view) };
  }
}

/** Green only where all that was to be published was, and read back; or nothing was to be done. */
function doneOutcome(view: RunView): Outcome {
  if (isNoop(view)) return { conclusion: 'success', title: 'Nothing waits' };
  if (view.isDryRun) return { conclusion: 'cancelled', title: 'Dry run: nothing is published' };
  const blocked = view.decisions.filter((decision) => decision.value === 'block');
  if (blocked.length > 0) return { conclusion: 'failure', title: `Blocked: ${blocked.length}` };
  const unapproved = view.decisions.filter(({ value }) => value === 'review' || value === 'approve');
  if (unapproved.length > 0 && view.approvals.length === 0)
    return { conclusion: 'failure', title: `Not approved by anybody: ${unapproved.length}` };
  if (isSettled(view)) return { conclusion: 'success', title: 'Everything published was read back' };
  return hasOpenEffect(view)
    ? { conclusion: 'failure', title: 'Not everything could be read back' }
    : { conclusion: 'failure', title: `Nothing was published: ${endReason(view)}` };
}

function isSettled(view: RunView): boolean {
  return isNoop(view) || (hasPublished(view) && !hasOpenEffect(view));
}

/** The state and the reason, without saying the state twice. */
function endTitle(view: RunView): string {
  const reason = endReason(view);
  return reason.toLowerCase().startsWith(view.run.state) ? reason : `${view.run.state}: ${reason}`;
}

function endReason({ failure, run }: RunView): string {
  return failure?.message ?? run.reason ?? 'no reason was recorded';
}

function failureText({ failure, run }: RunView): string {
  if (failure !== null) return paragraphs([quoteBlock(failure.message), quoteBlock(`Next: ${failure.next}`)]);
  return isEnded(run.state) && run.reason !== null ? quoteBlock(run.reason) : '';
}
