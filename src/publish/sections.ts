import type { Effect } from '../domain/effect.ts';
import { formatUsd } from '../domain/money.ts';
import { PROPOSAL_KINDS } from '../domain/proposal.ts';
import { totalSpend, type RunView, type SpendLine } from '../domain/run-view.ts';
import { addUsage, NO_USAGE, type TokenUsage } from '../domain/usage.ts';
import { exhaustedBy, isDivided, MIN_DECISIONS } from '../domain/verdict.ts';
import { codeSpan, escapeCell, link, quoteBlock, table } from './markdown.ts';
import {
  KIND_WORDS,
  percentWords,
  quoteWords,
  scoreWords,
  spentWords,
  timeWords,
  verdictWords,
} from './words.ts';

/** Rows of a table; what is more is counted in a last line. */
const MAX_ROWS = 60;

/** The judge's scores, criterion by criterion with the quoted evidence, and how far its panel agrees. */
export function judgeSection({ verdict }: Pick<RunView, 'verdict'>): string {
  if (verdict?.kind !== 'scored') return `Judge: ${escapeCell(verdictWords(verdict))}.`;
  const rows = verdict.criteria.map((criterion) => [
    escapeCell(criterion.name, 60),
    scoreWords(criterion.score),
    escapeCell(criterion.evidence, 400),
  ]);
  return paragraphs([
    `Score **${scoreWords(verdict.score)}**, threshold ${verdict.threshold.toFixed(2)}. Judge: ${codeSpan(verdict.model)}.`,
    verdict.sawWhole === false
      ? '**It saw only part of the change**: the rest is no text, or more of it than a judge is given.'
      : '',
    verdict.isSelfJudged ? 'Only one provider is set up: it judged its own work, with another tier.' : '',
    cappedTable(['criterion', 'score', 'evidence'], rows),
    quoteBlock(verdict.summary),
    panelText(verdict),
    learnedText(verdict),
  ]);
}

type Scored = Extract<NonNullable<RunView['verdict']>, { kind: 'scored' }>;

function panelText(verdict: Scored): string {
  const { panel = [], agreement } = verdict;
  if (panel.length < 2 || agreement === undefined) return '';
  const rows = panel.map(({ model, order, score, share }) => [
    codeSpan(model),
    order === 0 ? 'as given' : `other order ${order}`,
    scoreWords(score),
    percentWords(share),
  ]);
  const divided = isDivided(verdict) ? ': no majority reaches the threshold, so it is not passed' : '';
  return paragraphs([
    `Agreement **${percentWords(agreement)}**${divided}.`,
    cappedTable(['judge', 'order', 'score', 'share'], rows),
  ]);
}

function learnedText({ probability, decisions }: Scored): string {
  if (decisions === undefined || probability === undefined) return '';
  return probability === null
    ? `Plain mean: nothing is learned from fewer than ${MIN_DECISIONS} decisions of people here (${decisions} so far).`
    : `People accept such a result with a probability of **${percentWords(probability)}**, as ${decisions} decisions here say.`;
}

/** Quote, spend by step and model, tokens and savings; the budgets of day and month in private only. */
export function costSection(view: RunView): string {
  const { savings, budgets } = view;
  const quote = quoteWords(view);
  return paragraphs([
    `Spent **${spentWords(view)}**${quote === null ? '.' : `, quote ${quote}.`}`,
    view.spend.length === 0 ? '' : spendTable(view),
    savings === undefined
      ? ''
      : `Saved ${formatUsd(savings.byModelChoiceMicroUsd)} by model choice, ${formatUsd(savings.byCachingMicroUsd)} by caching.`,
    budgets === null || !view.isPrivateRepository
      ? ''
      : `Day: ${formatUsd(budgets.daySpentMicroUsd)} of ${formatUsd(budgets.dayMicroUsd)}. Month: ${formatUsd(budgets.monthSpentMicroUsd)} of ${formatUsd(budgets.monthMicroUsd)}.`,
  ]);
}

/** The cost comes first, and the widest column last: a phone shows the first three or four. */
const SPEND_HEADERS = ['step', 'cost', 'input', 'cached', 'output', 'reasoning', 'model'];

function spendTable(view: RunView): string {
  const usage = view.spend.reduce((sum, line) => addUsage(sum, line.usage), NO_USAGE);
  const total = ['**total**', `**${formatUsd(totalSpend(view))}**`, ...tokenCells(usage), ''];
  return cappedTable(SPEND_HEADERS, view.spend.map(spendRow), total);
}

function spendRow(line: SpendLine): string[] {
  const cost = formatUsd(line.costMicroUsd);
  return [escapeCell(line.step, 60), cost, ...tokenCells(line.usage), codeSpan(line.model)];
}

function tokenCells(usage: TokenUsage): string[] {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  return [inputTokens, cachedInputTokens, outputTokens, reasoningTokens].map((count) =>
    count.toLocaleString('en-US'),
  );
}

/** What the gate said of each proposal and why, and what the guards did. */
export function gateSection(view: RunView): string {
  const decisions = view.decisions.map((decision) => [
    `${escapeCell(decision.proposalId, 20)} ${KIND_WORDS[decision.kind]}`,
    decision.value,
    decision.reasons.map((reason) => escapeCell(reason, 200)).join('<br>'),
  ]);
  return paragraphs([
    decisions.length === 0 ? 'Nothing to decide on.' : cappedTable(['proposal', 'gate', 'why'], decisions),
    bullets(view.guardFindings.map((finding) => `${finding.outcome}: ${escapeCell(finding.message)}`)),
  ]);
}

/** Who approved, how and when; names without `@`, so that nobody is pinged. */
export function approvalLines({ approvals }: Pick<RunView, 'approvals'>): string[] {
  return approvals.map(
    ({ login, via, at }) => `Approved by **${escapeCell(login, 60)}** (${via}, ${timeWords(at)})`,
  );
}

/** What a limit cut off, where the run went on all the same. */
export function limitLines({ cutShort, verdict }: Pick<RunView, 'cutShort' | 'verdict'>): string[] {
  const lines: string[] = [];
  if (cutShort)
    lines.push(`Stopped early: ${cutShort.reason}. It went on with what it had proposed by then.`);
  const exhausted = exhaustedBy(verdict);
  if (exhausted !== null)
    lines.push(
      `Not paid: ${verdict?.kind === 'scored' ? 'a part of the panel' : 'the judge'}, as ${exhausted} left nothing for it.`,
    );
  return lines.map((line) => `⚠️ ${escapeCell(line)}`);
}

const EFFECT_WORDS: Record<Effect['state'], string> = {
  intended: '⏳ on its way',
  verified: '✅',
  failed: '❌ refused',
  unknown: '⚠️ unclear, it may have happened',
  skipped: '➖ left out',
};

/** What was published, with links, and what became of the rest; empty text for nothing. */
export function publishedSection({ effects }: Pick<RunView, 'effects'>): string {
  return effects.length === 0 ? '' : paragraphs(['**Published**', bullets(effects.map(effectLine))]);
}

function effectLine(effect: Effect): string {
  const notes = [effect.reason, effect.receipt?.remark].filter((note) => note !== null && note !== undefined);
  const words = `${EFFECT_WORDS[effect.state]} ${link(nameOf(effect), effect.receipt?.url ?? null)}`;
  return notes.length === 0 ? words : `${words}: ${notes.map((note) => escapeCell(note)).join('; ')}`;
}

function nameOf({ kind, receipt }: Effect): string {
  const known = PROPOSAL_KINDS.find((candidate) => candidate === kind);
  const words = known === undefined ? escapeCell(kind.replaceAll('_', ' '), 40) : KIND_WORDS[known];
  return known === 'pull_request' || known === 'issue'
    ? `${words} ${escapeCell(receipt?.id ?? '', 20)}`.trimEnd()
    : words;
}

/** A list of at most `MAX_ROWS` Markdown items; empty text for none. */
export function bullets(items: readonly string[]): string {
  const shown = items.slice(0, MAX_ROWS).map((item) => `- ${item}`);
  return [...shown, ...moreThan(items.length).map((line) => `- ${line}`)].join('\n');
}

/** The parts that say something, with a blank line between. */
export function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function cappedTable(headers: readonly string[], rows: readonly string[][], last?: string[]): string {
  const shown = [...rows.slice(0, MAX_ROWS), ...(last === undefined ? [] : [last])];
  return [table(headers, shown), ...moreThan(rows.length).map((line) => `\n${line}`)].join('\n');
}

function moreThan(count: number): string[] {
  return count > MAX_ROWS ? [`and ${count - MAX_ROWS} more`] : [];
}
