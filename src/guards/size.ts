import type { FileChange } from '../domain/proposal.ts';

/*
 * GitHub refuses bodies over 65,536 characters and titles over 256. Bodies are cut to that where they are published,
 * at the end of a paragraph, with a link to the whole; here is only the most that is looked at, and so the most that is
 * kept: every guard reads it, round after round. A reply of a model has at most 16,000 tokens, of prose half as many
 * characters as this. Files: what GitHub can't show in one comparison can't be approved.
 */
export const MAX_TEXT = 131_072;
export const MAX_TITLE = 256;
export const MAX_NOTE = 4_000;
export const MAX_LABELS = 100;
export const MAX_LABEL = 50;
export const MAX_ASSIGNEES = 10;
export const MAX_REVIEW_COMMENTS = 50;
export const MAX_DISPATCH_INPUTS = 25;
export const MAX_DISPATCH_CHARACTERS = 65_535;
export const MAX_FILES = 100;
export const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_CHANGE_BYTES = 5 * 1024 * 1024;

const CUT = '\n\n[cut: the text was longer than Muster takes]';

/** The text within `limit` characters; a longer one is cut between characters and says so. Idempotent. */
export function capText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit - CUT.length)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}${CUT}`;
}

/** One line of at most 256 characters: white space folded, a longer title cut with `…`. Idempotent. */
export function capTitle(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_TITLE) return line;
  return `${line
    .slice(0, MAX_TITLE - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trimEnd()}…`;
}

/** Why the files of one pull request are too many or too big to be seen whole; null when they aren't. */
export function oversize(changes: readonly FileChange[]): string | null {
  if (changes.length > MAX_FILES)
    return `changes ${changes.length} files, ${MAX_FILES} at most can be seen whole`;
  const sizes = changes.map(({ content, encoding }) => Buffer.byteLength(content ?? '', encoding));
  if (sizes.some((bytes) => bytes > MAX_FILE_BYTES)) return 'holds a file over 1 MiB';
  return sizes.reduce((sum, bytes) => sum + bytes, 0) > MAX_CHANGE_BYTES ? 'holds over 5 MiB' : null;
}
