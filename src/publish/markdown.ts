import { stripMarkers } from './markers.ts';
import { closersOf, codeSpanAt } from './open-blocks.ts';

/** How GitHub counts: comments and bodies in characters, check summaries in UTF-8 bytes. */
type Measure = 'characters' | 'bytes';

/**
 * The text within `max`, cut after a paragraph, line or word where one ends near, with a word on how much was
 * left out. Whatever it leaves open (a code fence, a comment, `<details>`) is closed, cut or not.
 *
 * @param whole Markdown that says where the whole is.
 */
export function cutMarkdown(
  text: string,
  max: number,
  measure: Measure = 'characters',
  whole: string | null = null,
): string {
  const closed = text + closersOf(text);
  if (sizeOf(closed, measure) <= max) return closed;
  const limit = Math.max(0, max - sizeOf(cutNotice(text.length, whole), measure));
  let room = limit;
  for (;;) {
    const head = outsideCodeSpan(text, atBoundary(take(text, room, measure)));
    const shown = head + closersOf(head);
    const excess = sizeOf(shown, measure) - limit;
    if (excess <= 0 || room === 0) return (shown + cutNotice(text.length - head.length, whole)).slice(0, max);
    room = Math.max(0, Math.min(room, sizeOf(head, measure)) - Math.ceil(excess / 2));
  }
}

function cutNotice(left: number, whole: string | null): string {
  const where = whole === null ? '' : ` ${whole}`;
  return `\n\n*Cut here: ${left} more characters have no room here.${where}*`;
}

/**
 * Where the whole of what a run said can be read: nothing on GitHub takes so much in one piece.
 *
 * @param url Of a file that holds it; null where there is none.
 */
export function wholeOf(runId: string, url: string | null = null): string {
  return `All of it: ${url === null ? codeSpan(`muster show ${runId} --json`) : link('whole text', url)}.`;
}

function sizeOf(text: string, measure: Measure): number {
  return measure === 'bytes' ? Buffer.byteLength(text) : text.length;
}

/** The longest beginning within `room` that splits no character. */
function take(text: string, room: number, measure: Measure): string {
  if (measure === 'bytes') {
    return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(room)).read);
  }
  const end = room > 0 && /[\uD800-\uDBFF]/.test(text.charAt(room - 1)) ? room - 1 : room;
  return text.slice(0, end);
}

function atBoundary(text: string): string {
  for (const separator of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(separator);
    if (at > text.length * 0.8) return text.slice(0, at);
  }
  return text;
}

/** Half a code span is none: what stands in it, a mention perhaps, would come to life. */
function outsideCodeSpan(text: string, head: string): string {
  return closersOf(head).includes('`') ? head : head.slice(0, codeSpanAt(text, head.length) ?? head.length);
}

/** Plain text on one line, without control and invisible characters, at most `max` characters. */
export function oneLine(text: string, max: number): string {
  // What is far beyond the limit need not be looked at.
  const head = text.slice(0, max * 4);
  const flat = head
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/\p{C}/gu, '')
    .trim();
  const isWhole = flat.length <= max && head.length === text.length;
  return isWhole ? flat : `${take(flat, max - 1, 'characters').trimEnd()}…`;
}

/** A code span that can't be left from inside, holding nothing that Markdown, tables or GitHub react to. */
const SAFE_CODE_SPAN = /^`[\w:./#$=, ()[\];+*-]{1,100}`$/;

/**
 * Foreign text as inert Markdown on one line: safe in a table's cell, a heading or a list. It shows what it
 * says; HTML, formatting, mentions, references to issues and links have no effect. Code spans of plain
 * words are kept.
 *
 * @param max Characters of `text` that are shown; the result may be up to six times as long.
 */
export function escapeCell(text: string, max = 300): string {
  return escapeOutsideCode(oneLine(text, max)).replace(/^(?:[-+=]|\d{1,9}(?=[.)](?:\s|$)))/, (start) =>
    /\d/.test(start) ? `${start}\\` : `\\${start}`,
  );
}

/*
 * A backslash doesn't keep GitHub from linking `@name`, `#12` or a URL, because it looks for them in the
 * rendered text: they are broken by a zero-width space. A pipe is an entity, because table rows are split
 * before backslashes are read.
 */
function escapeInline(text: string): string {
  return text
    .replaceAll('@', '@\u200B')
    .replaceAll(/#(?=\d)/g, '#\u200B')
    .replaceAll(/\bGH-(?=\d)/gi, '$&\u200B')
    .replaceAll('://', ':\u200B//')
    .replaceAll(/www(?=\.)/gi, '$&\u200B')
    .replaceAll(/[\\`*_[\]{}~#!]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '&#124;');
}

/** As `escapeCell`, but URLs below `trustedUrl` (the repository's own) stay links. */
export function escapeWithLinks(text: string, trustedUrl: string, max = 600): string {
  return oneLine(text, max)
    .split(/(https:\/\/[\w./#?=&-]+)/)
    .map((part, index) =>
      index % 2 === 1 && part.startsWith(`${trustedUrl}/`) ? link('link', part) : escapeOutsideCode(part),
    )
    .join('');
}

function escapeOutsideCode(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (SAFE_CODE_SPAN.test(part) ? part : escapeInline(part)))
    .join('');
}

/** Foreign text as an inert quotation, line by line; at most `max` characters of it. */
export function quoteBlock(text: string, max = 2000): string {
  const shown = text.length > max ? `${take(text, max - 1, 'characters')}…` : text;
  return shown
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${escapeCell(line, max)}`.trimEnd())
    .join('\n');
}

/** A code span of one line; what would end it or its table cell is left out, and so is a marker. */
export function codeSpan(text: string): string {
  return `\`${stripMarkers(oneLine(text.replaceAll(/[`|]/g, ' '), 200)) || ' '}\``;
}

/** A code block that shows the text as it is: its fence is longer than any in it. */
export function codeBlock(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** A table; the cells are Markdown, foreign text in them through `escapeCell`. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A folded block. `summary` is HTML, so foreign text has no place in it. */
export function foldedBlock(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A link where the URL is one, else the words alone. */
export function link(words: string, url: string | null): string {
  return url !== null && /^https?:\/\/[^\s<>()[\]|\\`]+$/.test(url) ? `[${words}](${url})` : words;
}
