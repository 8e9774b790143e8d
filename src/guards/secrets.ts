import type { SecretFinding, SecretScanner } from '../ports/secrets.ts';
import { applyEdits } from './edits.ts';

const MAX_ROUNDS = 5;

/**
 * The text with `[redacted: GitHub token]` for each secret, and what kinds they were. Overlapping findings are one;
 * the text is scanned again until nothing is found, since taking one out can bring another to light. What still
 * holds a secret then is withheld whole.
 */
export async function redactSecrets(
  text: string,
  scanner: SecretScanner,
): Promise<{ text: string; kinds: string[] }> {
  const kinds = new Set<string>();
  let current = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const findings = mergeFindings(await scanner.scan(current));
    if (findings.length === 0) return { text: current, kinds: [...kinds] };
    for (const { kind } of findings) kinds.add(kind);
    current = applyEdits(
      current,
      findings.map(({ kind, start, end }) => ({ start, end, replacement: `[redacted: ${kind}]` })),
    );
  }
  return { text: '[withheld: it holds secrets that could not be taken out]', kinds: [...kinds] };
}

/** Findings in order and apart; where some overlap, one over all of them with the kind of the longest. */
export function mergeFindings(findings: readonly SecretFinding[]): SecretFinding[] {
  const merged: (SecretFinding & { longest: number })[] = [];
  for (const { kind, start, end } of [...findings].sort((left, right) => left.start - right.start)) {
    const last = merged.at(-1);
    if (last === undefined || start >= last.end) {
      merged.push({ kind, start, end, longest: end - start });
    } else {
      if (end - start > last.longest) Object.assign(last, { kind, longest: end - start });
      last.end = Math.max(last.end, end);
    }
  }
  return merged.map(({ kind, start, end }) => ({ kind, start, end }));
}
