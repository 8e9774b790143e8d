import { dropTrailers, isAllowedMention, rewordClosing, rewordSkipCi } from './commit-message.ts';
import { applyEdits, isWithin, untilStable, type Edit, type Range } from './edits.ts';
import { decodeNumeric } from './invisible.ts';
import { codeRanges, linkTail, readMarkdown, type MarkdownNode } from './markdown.ts';

export interface NeutraliseOptions {
  /** `Fixes #7` stays for this issue alone; null lets none stay. */
  subjectNumber: number | null;
  /** Logins that may be mentioned, without `@`. */
  allowMentions: readonly string[];
  /** The body of a pull request: squashing makes it a commit message, which knows no code blocks. */
  isCommitBody?: boolean;
}

/** Stands between `@` and the name: shown as nothing, and no mention any more. */
const BREAK = '&#8203;';

/** Bots that take commands from the raw text of a comment, code blocks included. */
const COMMAND_BOT =
  /@(?=(?:dependabot|renovate|mergify(?:io)?|bors|homu|rustbot|k8s-ci-robot|github-actions|copilot|claude|codex|cursor|gemini(?:-cli)?|coderabbitai|sweep(?:-ai)?|openhands(?:-agent)?|muster)\b)/gi;

const MENTION = /(?<![A-Za-z0-9_])@(?=[A-Za-z0-9]|&(?!#8203;))/g;
const ENTITY = /&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|commat|num|sol|colon);/g;
const NAMED: Record<string, string> = { commat: '@', num: '#', sol: '/', colon: ':' };

/**
 * Takes the power out of what a Markdown text would do on GitHub beside being read: mentions, keywords that close
 * other issues, commands of bots at the start of a line, our own marks; for the body of a pull request also skip-CI
 * words and trailers. What people read stays the same, or says `Refs` for `Fixes`. Code is left alone where
 * nothing acts on it. Idempotent.
 */
export function neutralise(text: string, options: NeutraliseOptions): string {
  return untilStable(text, (current) => neutraliseOnce(current, options));
}

function neutraliseOnce(text: string, options: NeutraliseOptions): string {
  const isCommitBody = options.isCommitBody ?? false;
  const plain = applyEdits(text, inertEntities(text));
  const raw = isCommitBody ? dropTrailers(rewordSkipCi(rewordClosing(plain, options.subjectNumber))) : plain;
  if (!/[@/]|<!--|fix|clos|resolv/i.test(raw)) return raw;
  const nodes = readMarkdown(raw);
  const code = codeRanges(nodes);
  const addresses = (nodes ?? []).flatMap((place) => addressOf(raw, place));
  const edits = [
    ...mentions(raw, code, addresses, options.allowMentions),
    ...commandLines(raw, code),
    ...codeEdits(raw, code),
  ];
  const quiet = applyEdits(raw, edits);
  return isCommitBody ? quiet : rewordClosing(quiet, options.subjectNumber, codeRanges(readMarkdown(quiet)));
}

// `&#70;ixes &num;9` is `Fixes #9` once shown. Letters, digits and these marks never make new markup.
function inertEntities(text: string): Edit[] {
  if (!text.includes('&')) return [];
  const code = codeRanges(readMarkdown(text));
  return [...text.matchAll(ENTITY)].flatMap((match) => {
    const entity = match[0];
    const shown = entity.startsWith('&#') ? decodeNumeric(entity) : (NAMED[entity.slice(1, -1)] ?? '');
    if (!/^[A-Za-z0-9@#/:]$/.test(shown) || isWithin(code, match.index)) return [];
    return [{ start: match.index, end: match.index + entity.length, replacement: shown }];
  });
}

// Addresses ping nobody, and would break.
function addressOf(text: string, place: MarkdownNode): Range[] {
  const { node, start, end } = place;
  if (node.type === 'definition' || node.type === 'image') return [place];
  if (node.type !== 'link') return [];
  return text[start] === '[' ? [linkTail(place)] : [{ start, end }];
}

function mentions(
  text: string,
  code: readonly Range[],
  addresses: readonly Range[],
  allowed: readonly string[],
): Edit[] {
  return [...text.matchAll(MENTION)].flatMap(({ index }) => {
    if (isWithin(code, index) || isWithin(addresses, index)) return [];
    if (isAllowedMention(text.slice(index + 1), allowed)) return [];
    return [{ start: index + 1, end: index + 1, replacement: BREAK }];
  });
}

// Bots read `/approve` from the raw text, wherever it starts a line.
function commandLines(text: string, code: readonly Range[]): Edit[] {
  return [...text.matchAll(/^([ \t]*)\/(?=[A-Za-z])/gm)].flatMap((match) => {
    const start = match.index + (match[1]?.length ?? 0);
    if (!isWithin(code, start)) return [{ start, end: start, replacement: '\\' }];
    const isCommand = match[1] === '' && /^\/[A-Za-z][\w-]*(?=\s|$)/.test(text.slice(start, start + 64));
    return isCommand ? [{ start, end: start, replacement: ' ' }] : [];
  });
}

function codeEdits(text: string, code: readonly Range[]): Edit[] {
  const within = (pattern: RegExp, at: number, replacement: string): Edit[] =>
    [...text.matchAll(pattern)]
      .filter(({ index }) => isWithin(code, index))
      .map(({ index }) => ({ start: index + at, end: index + at, replacement }));
  return [...within(COMMAND_BOT, 1, ' '), ...within(/<!--(?=\s*muster:)/gi, 2, ' ')];
}
