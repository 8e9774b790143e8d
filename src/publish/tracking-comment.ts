import type { RunView } from '../domain/run-view.ts';
import { isEnded } from '../domain/run.ts';
import {
  codeSpan,
  cutMarkdown,
  escapeCell,
  escapeWithLinks,
  foldedBlock,
  link,
  quoteBlock,
  wholeOf,
} from './markdown.ts';
import { runMarker } from './markers.ts';
import { renderProposals, renderWaiting, waitingProposals } from './proposal-text.ts';
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
import { automationLine, MAX_BODY } from './signed-text.ts';
import { stageChart } from './stage-chart.ts';
import { waitingLines } from './waiting-lines.ts';
import { isNoop, quoteWords, spentWords, stateEmoji, verdictWords } from './words.ts';

const MAX_HEAD = 14_000;
const MAX_END = 6000;

/**
 * The tracking comment of a run, marker included; never longer than GitHub takes. What a person must see to
 * act comes first and is never cut; folded tables take the room that is left.
 */
export function renderTrackingComment(view: RunView): string {
  const { runId, work } = view.run.request;
  const tail = `${automationLine(work.name, runId)}\n\n${runMarker(runId)}`;
  const waiting = waitingText(view);
  const cut = (text: string, max: number) => cutMarkdown(text, max, 'characters', wholeOf(runId));
  const head = cut(headOf(view, waiting.isWhole), MAX_HEAD);
  const end = cut(paragraphs(endOf(view)), MAX_END);
  const fixed = paragraphs([head, waiting.markdown, end, tail]);
  const folded = foldedTables(view, MAX_BODY - fixed.length - 2);
  return paragraphs([head, waiting.markdown, ...folded, end, tail]);
}

/** Two lists in a row would be one to Markdown, and spread out: between them stands a paragraph. */
function headOf(view: RunView, isWhole: boolean): string {
  const { request, state } = view.run;
  const quote = quoteWords(view);
  return paragraphs([
    `### ${stateEmoji(view)} ${state}: ${codeSpan(request.work.name)}${view.isDryRun ? ' (dry run)' : ''}`,
    escapeCell(request.trigger.summary),
    bullets(approvalLines(view)),
    waitingLines(view, isWhole),
    reasonOf(view),
    paragraphs(limitLines(view)),
    `Cost: **${spentWords(view)}**${quote === null ? '' : `, quote ${quote}`}`,
    checklist(view),
    `Judge: ${escapeCell(verdictWords(view.verdict))}`,
    linksOf(view),
  ]);
}

/** Why it ended as it did: the failure with what to do next, or the reason that was recorded. */
function reasonOf(view: RunView): string {
  const { failure } = view;
  if (failure === null) {
    const isTold = view.run.reason !== null && (isEnded(view.run.state) || isNoop(view));
    return isTold ? quoteBlock(view.run.reason ?? '') : '';
  }
  return paragraphs([
    `**${view.run.state}: ${escapeCell(failure.kind, 60)}**`,
    quoteBlock(failure.message),
    bullets(failure.tried.map((step) => `tried: ${escapeCell(step)}`)),
    `**Next:** ${escapeWithLinks(failure.next, view.repositoryUrl)}`,
  ]);
}

const MAX_ITEMS = 40;

function checklist({ steps, plan }: RunView): string {
  const marks = { done: '[x] ', current: '[ ] 👉 ', pending: '[ ] ', failed: '[ ] ❌ ' };
  return paragraphs([
    bullets(steps.slice(0, MAX_ITEMS).map((step) => marks[step.state] + escapeCell(step.label, 120))),
    plan.length === 0 ? '' : '**Plan**',
    bullets(
      plan.slice(0, MAX_ITEMS).map((item) => `[${item.isDone ? 'x' : ' '}] ${escapeCell(item.text, 120)}`),
    ),
  ]);
}

function linksOf(view: RunView): string {
  const { pullRequest, waiting } = view;
  const links: [string, string | null | undefined][] = [
    [`Pull request #${pullRequest?.number}`, pullRequest?.url],
    ['Checks', checksUrl(view)],
    ['Comparison', waiting?.comparisonUrl],
  ];
  return links.flatMap(([words, url]) => (url ? [link(words, url)] : [])).join(' · ');
}

function checksUrl({ pullRequest, headSha, repositoryUrl, run }: RunView): string | null {
  if (pullRequest !== null) return `${pullRequest.url}/checks`;
  const { kind, number } = run.request.subject;
  return headSha !== null && kind === 'pull_request' ? `${repositoryUrl}/pull/${number}/checks` : null;
}

function waitingText(view: RunView): { markdown: string; isWhole: boolean } {
  if (view.isDryRun) return { markdown: renderProposals(notBlocked(view)), isWhole: true };
  return renderWaiting(waitingProposals(view));
}

/** A blocked proposal may hold what blocked it, a secret in a file; the gate's table says why. */
function notBlocked({ proposals, decisions }: RunView): RunView['proposals'] {
  const blocked = new Set(
    decisions.filter(({ value }) => value === 'block').map(({ proposalId }) => proposalId),
  );
  return proposals.filter(({ id }) => !blocked.has(id));
}

/** The tables of the checks, the gate's only where no head shows it; of an ended run when it did what. */
function foldedTables(view: RunView, room: number): string[] {
  const tables: [string, string][] = [
    ['Judge', view.verdict === null ? '' : judgeSection(view)],
    ['Cost', view.spend.length === 0 ? '' : costSection(view)],
    ['Gate', view.headSha !== null || view.decisions.length === 0 ? '' : gateSection(view)],
    ['Timeline', isEnded(view.run.state) ? stageChart(view) : ''],
  ];
  const folded: string[] = [];
  let left = room;
  for (const [name, body] of tables) {
    const frame = foldedBlock(name, '').length + 2;
    if (body === '' || left < frame + 500) continue;
    const block = foldedBlock(
      name,
      cutMarkdown(body, left - frame, 'characters', wholeOf(view.run.request.runId)),
    );
    folded.push(block);
    left -= block.length + 2;
  }
  return folded;
}

function endOf(view: RunView): string[] {
  return [
    bullets(view.remarks.map((line) => escapeWithLinks(line, view.repositoryUrl))),
    publishedSection(view),
  ];
}
