import type { RunView } from '../domain/run-view.ts';
import { codeSpan, escapeCell, link } from './markdown.ts';
import { isWaitingWhole } from './proposal-text.ts';
import { timeWords } from './words.ts';

/** The comment a day before what waits expires: an edit of the tracking comment would notify nobody. */
export function renderReminder(view: RunView): string | null {
  const { waiting, comment, run } = view;
  if (waiting === null) return null;
  const { runId, work } = run.request;
  const what = comment === null ? 'It' : link('What waits', comment.url);
  const approve = isWaitingWhole(view) ? `${codeSpan(`/approve ${runId}`)}, ` : '';
  return (
    `${codeSpan(work.name)} still waits for ${escapeCell(waiting.forWhom)}. ${what} expires ` +
    `${timeWords(waiting.expiresAt)}: ${approve}\`/reject\` or \`/rework\` moves it.`
  );
}
