import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../../domain/proposal.ts';
import type { PullRequestFile } from '../../ports/github.ts';

/** What a model can be shown of one file's change. */
export interface FileDiff {
  text: string;
  /** False where it is only named. */
  isWhole: boolean;
}

/**
 * A file's change as a unified diff; bytes that are no text are only named.
 *
 * @param before Null for a new file, and for one that was too large to be read.
 */
export function diffOfChange(change: FileChange, before: string | null): FileDiff {
  if (change.encoding === 'base64') return { text: `Binary file ${change.path} changed`, isWhole: false };
  const text = createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${change.path}`,
    change.content === null ? '/dev/null' : `b/${change.path}`,
    before ?? '',
    change.content ?? '',
    undefined,
    undefined,
    { context: 3 },
  );
  return { text, isWhole: before !== null || change.content !== null };
}

/** A file of a pull request as GitHub shows it: without a diff where it is binary, very large, or only renamed. */
export function diffOfFile({ path, status, patch, additions, deletions }: PullRequestFile): FileDiff {
  const isMoved = status === 'renamed' && additions + deletions === 0;
  const words = isMoved ? '(renamed)' : '(binary or too large)';
  return { text: `--- ${path}\n${patch ?? words}`, isWhole: patch !== null || isMoved };
}
