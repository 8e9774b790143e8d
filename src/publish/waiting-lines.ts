import type { RunView } from '../domain/run-view.ts';
import { codeSpan, escapeCell } from './markdown.ts';
import { bullets, paragraphs } from './sections.ts';
import { timeWords } from './words.ts';

/**
 * What waits, for whom, and the commands that move it; empty where nothing waits.
 *
 * @param isWhole False where what waits can't be shown whole: then nothing says how to approve it.
 */
export function waitingLines(view: RunView, isWhole: boolean): string {
  const { waiting, pullRequest, run } = view;
  if (waiting === null || run.state !== 'waiting') return '';
  const { runId } = run.request;
  const isReviewed = pullRequest !== null && waiting.pull?.number === pullRequest.number;
  const byReview =
    isReviewed && view.hearsCommentsOnly !== true ? `, or approve pull request #${pullRequest.number}` : '';
  const approve = isWhole
    ? `\`/approve\`${byReview}: publishes it`
    : '**It can not be shown whole here, so it can not be approved.**';
  return paragraphs([
    `**Waits for ${escapeCell(waiting.forWhom)}**`,
    bullets([
      ...reasonsToWait(view).map((reason) => `because ${escapeWithCode(reason)}`),
      approve,
      '`/reject`: drops it',
      '`/rework <what to change>`: sends it back',
      `open until ${timeWords(waiting.expiresAt)}`,
      `binds to ${codeSpan(waiting.digest.slice(0, 12))}; where several runs wait, name this one: ${codeSpan(`/approve ${runId}`)}`,
    ]),
  ]);
}

const MAX_REASONS = 5;

/** Why the gate asks a person, each reason once. */
function reasonsToWait({ decisions, waiting }: RunView): string[] {
  const waits = decisions.filter(({ proposalId }) => waiting?.proposalIds.includes(proposalId));
  return [...new Set(waits.flatMap(({ reasons }) => reasons))].slice(0, MAX_REASONS);
}

/** Reasons name labels, files and kinds in backticks of our own; everything else in them is escaped. */
function escapeWithCode(reason: string): string {
  const words = reason.split(' ').map((word) => {
    const quoted = /^`([^`]+)`(\W?)$/.exec(word);
    return quoted === null ? escapeCell(word) : `${codeSpan(quoted[1] ?? '')}${quoted[2] ?? ''}`;
  });
  return words.join(' ');
}
