import { formatUsd } from '../domain/money.ts';
import type { ProposalKind } from '../domain/proposal.ts';
import { totalSpend, type RunView } from '../domain/run-view.ts';
import type { RunState } from '../domain/run.ts';
import { exhaustedBy, type Verdict } from '../domain/verdict.ts';

const EMOJI: Record<RunState, string> = {
  queued: '⏳',
  working: '🔧',
  judging: '⚖️',
  waiting: '⏸️',
  publishing: '📤',
  done: '✅',
  failed: '❌',
  rejected: '🚫',
  cancelled: '⏹️',
  expired: '⌛',
  refused: '⛔',
};

/** What people call a kind of proposal. */
export const KIND_WORDS: Record<ProposalKind, string> = {
  notes: 'notes',
  labels: 'labels',
  assign: 'assignees',
  pull_request: 'pull request',
  review: 'review',
  issue: 'new issue',
  comment: 'comment',
  dispatch: 'workflow start',
  close: 'closing',
};

/** The state as an emoji; no ✅ for a run that is done with something that wasn't read back. */
export function stateEmoji(view: RunView): string {
  return view.run.state === 'done' && hasOpenEffect(view) ? '⚠️' : EMOJI[view.run.state];
}

/**
 * True where an effect failed, or is not known to have happened. A whole text that is kept and not read back is no
 * such effect: the proposal is out, without the link to it, and a `/retry` could not mend it.
 */
export function hasOpenEffect(view: Pick<RunView, 'effects'>): boolean {
  return view.effects.some(
    ({ kind, state }) => kind !== 'whole_text' && state !== 'verified' && state !== 'skipped',
  );
}

/** True where something of the run stands on GitHub, read back. */
export function hasPublished(view: Pick<RunView, 'effects'>): boolean {
  return view.effects.some((effect) => effect.state === 'verified');
}

/** True where the agent found nothing to do: every other run without a proposal fails. */
export function isNoop(view: RunView): boolean {
  return view.run.state === 'done' && view.proposals.length === 0;
}

/** True where a budget ended the work, or left nothing for a judge. */
export function isStoppedByBudget({ failure, cutShort, verdict }: RunView): boolean {
  if (failure?.kind.startsWith('budget') === true || cutShort?.by === 'budget') return true;
  return exhaustedBy(verdict) !== null;
}

/** `$0.04 to $0.31, capped at $0.50`, or null where no quote was made. */
export function quoteWords({ quote }: Pick<RunView, 'quote'>): string | null {
  if (quote === null) return null;
  const range = `${formatUsd(quote.lowMicroUsd)} to ${formatUsd(quote.highMicroUsd)}`;
  return `${range}, capped at ${formatUsd(quote.capMicroUsd)}`;
}

/** What the run has cost so far. */
export function spentWords(view: Pick<RunView, 'spend'>): string {
  return formatUsd(totalSpend(view));
}

/** Two digits, rounded down: a score below its threshold never reads as if it had reached it. */
export function scoreWords(score: number): string {
  return (Math.floor(score * 100 + 1e-9) / 100).toFixed(2);
}

/** `83 %`. */
export function percentWords(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `0.86, threshold 0.75`, with a panel's agreement, or why there is no score. Foreign text: escape it. */
export function verdictWords(verdict: Verdict | null): string {
  switch (verdict?.kind) {
    case undefined:
      return 'not judged';
    case 'scored': {
      const { score, threshold, panel = [], agreement } = verdict;
      const words = `${scoreWords(score)}, threshold ${threshold.toFixed(2)}`;
      return panel.length < 2 || agreement === undefined
        ? words
        : `${words}, agreement ${percentWords(agreement)}`;
    }
    case 'missing':
      return `no verdict: ${verdict.reason}`;
    case 'not_needed':
      return `not needed: ${verdict.reason}`;
  }
}

/** `2026-11-29 12:00 UTC`. */
export function timeWords(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time)
    ? 'unknown'
    : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const two = (number: number) => String(number).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}
