const MAX_COMPARED = 64;

/**
 * The candidates that a mistyped name may have meant, nearest first, at most three: those within a third
 * of its length in edits (a swap of neighbours counts as one), and those that contain it as a word part.
 * Compared without case. Names over 64 characters are near to nothing.
 */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  if (wanted.length === 0 || wanted.length > MAX_COMPARED) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(candidates)]
    .filter((candidate) => candidate.length <= MAX_COMPARED)
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= limit || isPartOf(wanted, candidate.toLowerCase()))
    .sort((left, right) => left.distance - right.distance || (left.candidate < right.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function isPartOf(part: string, whole: string): boolean {
  return part.length >= 3 && whole.split(/[^a-z0-9]+/).includes(part);
}

/** Edits to turn one text into the other: optimal string alignment, in three rows. */
function distanceBetween(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
