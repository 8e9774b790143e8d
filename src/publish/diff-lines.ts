import parseDiff from 'parse-diff';

/**
 * The lines of a file's new version that stand in its diff, changed and context ones: the only ones that
 * GitHub takes a review comment on.
 *
 * @param patch Hunks as GitHub's REST API gives them, without file headers.
 */
export function linesInDiff(patch: string): Set<number> {
  const lines = new Set<number>();
  for (const { chunks } of parseDiff(patch)) {
    for (const change of chunks.flatMap((chunk) => chunk.changes)) {
      if (change.type === 'add') lines.add(change.ln);
      if (change.type === 'normal') lines.add(change.ln2);
    }
  }
  return lines;
}
