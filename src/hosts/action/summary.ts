import type { RunView } from '../../domain/run-view.ts';
import { renderCostCheck, renderGateCheck, renderJudgeCheck } from '../../publish/checks.ts';
import { codeSpan, cutMarkdown, escapeCell, link, quoteBlock } from '../../publish/markdown.ts';
import { renderProposals } from '../../publish/proposal-text.ts';
import {
  costSection,
  gateSection,
  judgeSection,
  paragraphs,
  publishedSection,
} from '../../publish/sections.ts';
import { stateEmoji } from '../../publish/words.ts';
import type { StoredRun } from '../../runs/tables/run-rows.ts';

/** GitHub refuses a step's summary over 1 MiB, whole. */
const MAX_SUMMARY_BYTES = 1_000_000;

/** The job summary: what came of the event, and for each run what its three checks say. */
export function renderSummary(outcome: string, runs: readonly StoredRun[]): string {
  const parts = runs.length === 0 ? [`Muster: ${escapeCell(outcome)}`] : runs.map(renderRun);
  return `${cutMarkdown(paragraphs(parts), MAX_SUMMARY_BYTES, 'bytes')}\n`;
}

function renderRun({ run, view }: StoredRun): string {
  const name = codeSpan(run.request.work.name);
  const reason = run.reason === null ? '' : quoteBlock(run.reason);
  if (view === null) return paragraphs([`## ${run.state}: ${name}`, reason]);
  return paragraphs([
    `## ${stateEmoji(view)} ${run.state}: ${name}`,
    reason,
    linksOf(view),
    publishedSection(view),
    view.isDryRun ? renderProposals(view.proposals) : '',
    section('muster/judge', renderJudgeCheck(view).title, judgeSection(view)),
    section('muster/cost', renderCostCheck(view).title, costSection(view)),
    section('muster/gate', renderGateCheck(view).title, gateSection(view)),
  ]);
}

function linksOf({ comment, pullRequest }: RunView): string {
  return [
    ...(comment === null ? [] : [link('Tracking comment', comment.url)]),
    ...(pullRequest === null ? [] : [link(`Pull request #${pullRequest.number}`, pullRequest.url)]),
  ].join(' · ');
}

function section(name: string, title: string, body: string): string {
  return paragraphs([`### ${codeSpan(name)}: ${escapeCell(title)}`, body]);
}
