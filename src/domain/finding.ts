import { base32Digest } from './digest.ts';

/** A remark of an agent on one line of a file. */
export interface Finding {
  agent: string;
  path: string;
  /** From 1. */
  line: number;
  /** What was said of it; its kind may stand at the beginning. */
  body: string;
}

/** Longest label that counts as a kind, in words: a longer one is a title, which is worded anew each time. */
const MAX_KIND_WORDS = 3;

const NO_KIND = '-';

/**
 * What a finding is about, as `<place>:<kind>`, the same wherever the line moves and however it is worded: the
 * agent, the path and the code of the line with its neighbours, white space aside; and the label in front of
 * the text (`**Wrong result:** …`, `[security] …`), `-` without one. Null where the file has no such line.
 *
 * @param text The whole file, as the finding saw it.
 */
export function fingerprintOf({ agent, path, line, body }: Finding, text: string): string | null {
  const code = codeAround(text, line);
  return code === null ? null : `${base32Digest([agent, path, code].join('\n'), 16)}:${kindOf(body)}`;
}

/** True for findings on the same code, unless both say a kind and it is another. */
export function isSameFinding(left: string, right: string): boolean {
  const [leftPlace, leftKind] = left.split(':');
  const [rightPlace, rightKind] = right.split(':');
  const isSameKind = leftKind === rightKind || leftKind === NO_KIND || rightKind === NO_KIND;
  return leftPlace === rightPlace && isSameKind;
}

/** True for an answer that turns a finding down for good: `won't fix`, `by design`, `declined`. */
export function isDeclining(answer: string): boolean {
  const own = answer.replaceAll(/^\s*>.*$/gm, '');
  return /\bwon['’]?t[\s-]*fix\b|\bby[\s-]design\b|\bdeclin(?:ed|ing)\b/i.test(own);
}

/** The line between the nearest ones above and below that aren't blank. */
function codeAround(text: string, line: number): string | null {
  const lines = text.split('\n').map((code) => code.replaceAll(/\s+/g, ''));
  const code = lines[line - 1];
  if (code === undefined) return null;
  const above = lines.slice(0, line - 1).findLast((other) => other !== '');
  const below = lines.slice(line).find((other) => other !== '');
  return [above ?? '', code, below ?? ''].join('\n');
}

function kindOf(body: string): string {
  const label = /^\s*(?:\*\*([^*\n]{1,60})\*\*|\[([^\]\n]{1,60})\](?!\())/.exec(body);
  const words = (label?.[1] ?? label?.[2] ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 || words.length > MAX_KIND_WORDS ? NO_KIND : words.join('-').slice(0, 40);
}
