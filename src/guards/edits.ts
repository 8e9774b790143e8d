/** A half-open range of UTF-16 units. */
export interface Range {
  start: number;
  end: number;
}

export interface Edit extends Range {
  replacement: string;
}

/** True when a position lies in one of the ranges. */
export function isWithin(ranges: readonly Range[], position: number): boolean {
  return ranges.some(({ start, end }) => position >= start && position < end);
}

/** The text with every edit made; of two that overlap the one that starts first (then the longer) wins. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((left, right) => left.start - right.start || right.end - left.end);
  let output = '';
  let from = 0;
  for (const { start, end, replacement } of ordered) {
    if (start < from) continue;
    output += text.slice(from, start) + replacement;
    from = end;
  }
  return output + text.slice(from);
}

/** Applies `change` until the text stays as it is, at most `limit` times. */
export function untilStable(text: string, change: (text: string) => string, limit = 10): string {
  let current = text;
  for (let round = 0; round < limit; round += 1) {
    const next = change(current);
    if (next === current) return current;
    current = next;
  }
  return current;
}
