import parseDiff from 'parse-diff';
import type { FileChange } from '../domain/proposal.ts';
import { squash } from '../domain/quotation.ts';
import type { QuotedLines } from '../domain/verdict.ts';
import type { PullRequestFile } from '../ports/github.ts';

/** Lines of one file on the head, in their order; not all of them where only its diff is known. */
export interface HeadFile {
  path: string;
  lines: { number: number; text: string }[];
}

/** Files of a commit of ours, whole. */
export function filesOfChanges(changes: readonly FileChange[]): HeadFile[] {
  return changes.flatMap(({ path, content, encoding }) => {
    if (content === null || encoding !== 'utf-8') return [];
    return [{ path, lines: content.split('\n').map((text, index) => ({ number: index + 1, text })) }];
  });
}

/** What a pull request's diff shows of its head, changed and context lines. */
export function filesOfDiff(files: readonly Pick<PullRequestFile, 'path' | 'patch'>[]): HeadFile[] {
  return files.map(({ path, patch }) => ({
    path,
    lines: parseDiff(patch ?? '').flatMap(({ chunks }) =>
      chunks
        .flatMap((chunk) => chunk.changes)
        .flatMap((change) => {
          if (change.type === 'del') return [];
          return [{ number: change.type === 'add' ? change.ln : change.ln2, text: change.content.slice(1) }];
        }),
    ),
  }));
}

/** A shorter quotation stands in many places that it doesn't mean. */
const MIN_QUOTED = 8;

/** Where the evidence stands first, spacing and case aside; null where it is of something else than these files. */
export function findQuoted(
  evidence: string,
  files: readonly HeadFile[],
): Omit<QuotedLines, 'criterion'> | null {
  const wanted = [squash(evidence), squash(withoutDiffSigns(evidence))].filter(
    (text) => text.length >= MIN_QUOTED,
  );
  for (const { path, lines } of files) {
    const { text, numbers } = flatten(lines);
    for (const quoted of wanted) {
      const at = text.indexOf(quoted);
      const startLine = numbers[at];
      const endLine = numbers[at + quoted.length - 1];
      if (startLine !== undefined && endLine !== undefined) return { path, startLine, endLine };
    }
  }
  return null;
}

/** What a quoted piece of a diff says of the new version. */
function withoutDiffSigns(evidence: string): string {
  return evidence
    .split('\n')
    .filter((line) => !line.startsWith('-'))
    .map((line) => line.replace(/^\+/, ''))
    .join('\n');
}

/** The lines as one squashed text, and for each of its characters the line that it is of. */
function flatten(lines: HeadFile['lines']): { text: string; numbers: number[] } {
  const parts: string[] = [];
  const numbers: number[] = [];
  for (const line of lines) {
    const squashed = squash(line.text);
    if (squashed === '') continue;
    parts.push(squashed);
    for (let index = 0; index <= squashed.length; index += 1) numbers.push(line.number);
  }
  return { text: parts.join(' '), numbers };
}
