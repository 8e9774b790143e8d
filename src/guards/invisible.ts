import type { Edit } from './edits.ts';

/** Scripts in which joiners between letters change what is seen. */
const JOINED = [
  'Arabic',
  'Syriac',
  'Bengali',
  'Devanagari',
  'Gujarati',
  'Gurmukhi',
  'Kannada',
  'Malayalam',
  'Oriya',
  'Sinhala',
  'Tamil',
  'Telugu',
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join('');

const MODIFIER = String.raw`[\uFE0E\uFE0F\u{1F3FB}-\u{1F3FF}]?`;

/** Places where a character that is invisible elsewhere is part of what people see. */
const SEEN = [
  // The flags of England, Scotland and Wales: the only tag sequences in use.
  String.raw`\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}`,
  String.raw`\p{Extended_Pictographic}${MODIFIER}(?:\u200D\p{Extended_Pictographic}${MODIFIER}){0,6}`,
  String.raw`[0-9#*]\uFE0F\u20E3`,
  String.raw`\p{Script=Han}[\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=[${JOINED}\p{M}])[\u200C\u200D](?=[${JOINED}])`,
].join('|');

const TERMINAL = String.raw`\u001B(?:\[[0-?]*[ -\/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\^_\-])`;

/** Default-ignorable characters (zero-width, bidi, tags, variation selectors, fillers), controls, hidden notes. */
const UNSEEN = String.raw`[[\p{DI}\p{Cc}\uFFF9-\uFFFB]--[\t\n\r]]+`;

const INVISIBLE = new RegExp(
  String.raw`(?<kept>${SEEN})|${TERMINAL}|(?<line>\r(?!\n)|[\u2028\u2029])|${UNSEEN}`,
  'gv',
);

const INVISIBLE_ENTITY =
  /&(?:ZeroWidthSpace|Negative(?:VeryThin|Thin|Medium|Thick)Space|NoBreak|ApplyFunction|af|InvisibleTimes|it|InvisibleComma|ic|zwn?j|[lr]rm|shy|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});/g;

/** Takes out every invisible character and terminal sequence; lone carriage returns become line ends. */
export function stripInvisible(text: string): { text: string; removed: number } {
  let removed = 0;
  const visible = text.toWellFormed().replace(INVISIBLE, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as { kept?: string; line?: string };
    if (groups.kept !== undefined) return match;
    removed += 1;
    return groups.line === undefined ? '' : '\n';
  });
  return { text: visible, removed };
}

/** Edits that take out entities of invisible characters, e.g. `&#8203;` and `&zwnj;`. */
export function invisibleEntities(text: string): Edit[] {
  return [...text.matchAll(INVISIBLE_ENTITY)].flatMap((match) => {
    const isVisible = match[0].startsWith('&#') && stripInvisible(decodeNumeric(match[0])).removed === 0;
    return isVisible ? [] : [{ start: match.index, end: match.index + match[0].length, replacement: '' }];
  });
}

/** The character of a numeric entity; an impossible one is the replacement character. */
export function decodeNumeric(entity: string): string {
  const digits = entity.slice(2, -1);
  const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  return code > 0x10ffff || Number.isNaN(code) ? '\uFFFD' : String.fromCodePoint(code);
}
