import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../domain/proposal.ts';

/** A file's change as a unified diff; `before: null` is a new file. Bytes that are no text are only named. */
export function diffOf(change: FileChange, before: string | null): string {
  if (change.encoding === 'base64') return `Binary file ${change.path} changed`;
  return createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${change.path}`,
    change.content === null ? '/dev/null' : `b/${change.path}`,
    before ?? '',
    change.content ?? '',
    undefined,
    undefined,
    { context: 3 },
  );
}
