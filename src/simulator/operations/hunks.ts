/**
 * The hunk of a unified diff up to the line that a review comment stands on, null where the diff doesn't show
 * that line. `line` counts in the new file for `RIGHT`, in the old one for `LEFT`.
 */
export function hunkAround(patch: string | null, line: number, side: 'LEFT' | 'RIGHT'): string | null {
  let hunk: string[] = [];
  let left = 0;
  let right = 0;
  for (const text of (patch ?? '').split('\n')) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (header !== null) {
      hunk = [text];
      left = Number(header[1]);
      right = Number(header[2]);
      continue;
    }
    hunk.push(text);
    const isOld = text.startsWith('-') || text.startsWith(' ');
    const isNew = text.startsWith('+') || text.startsWith(' ');
    if ((side === 'LEFT' && isOld && left === line) || (side === 'RIGHT' && isNew && right === line)) {
      return hunk.join('\n');
    }
    if (isOld) left += 1;
    if (isNew) right += 1;
  }
  return null;
}
