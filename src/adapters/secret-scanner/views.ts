/** Another reading of a text, with the way back from its offsets to those of the text. */
export interface TextView {
  text: string;
  /** The range of the original that a range of this view came from. */
  toOriginal(start: number, end: number): { start: number; end: number };
}

interface Piece {
  viewStart: number;
  viewEnd: number;
  start: number;
  end: number;
  /** True where the view's characters are the original's, one by one. */
  isVerbatim: boolean;
}

const ESCAPE =
  /%[0-7][0-9A-Fa-f]|\\u00[0-7][0-9A-Fa-f]|\\x[0-7][0-9A-Fa-f]|\\[nrt](?![A-Za-z]{2,}[\\/])|\\[!-/:-@[-`{-~]|&#x?[0-9A-Fa-f]{2,4};|\p{DI}+/gu;

const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g;

/**
 * The readings in which a secret can hide: percent, JSON, Markdown and HTML escapes undone and invisible
 * characters taken out; and what base64 runs decode to, where that is text. Empty where there is nothing to undo.
 */
export function hiddenReadings(text: string): TextView[] {
  return [unescaped(text), decodedBase64(text)].filter((view) => view !== null);
}

function unescaped(text: string): TextView | null {
  const pieces: Piece[] = [];
  let output = '';
  let from = 0;
  const push = (start: number, end: number, written: string, isVerbatim: boolean): void => {
    pieces.push({
      viewStart: output.length,
      viewEnd: output.length + written.length,
      start,
      end,
      isVerbatim,
    });
    output += written;
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(from, match.index, text.slice(from, match.index), true);
    from = match.index + match[0].length;
    push(match.index, from, unescape(match[0]), false);
  }
  if (pieces.length === 0) return null;
  push(from, text.length, text.slice(from), true);
  return { text: output, toOriginal: (start, end) => original(pieces, start, end) };
}

function unescape(escape: string): string {
  if (escape.startsWith('%')) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  if (/^\\[ux]/.test(escape)) return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  if (escape.startsWith('&#')) {
    const digits = escape.slice(2, -1);
    return String.fromCharCode(/^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits));
  }
  if (/^\\[nrt]/.test(escape)) return '\n';
  return escape.startsWith('\\') ? escape.slice(1) : '';
}

function decodedBase64(text: string): TextView | null {
  const pieces: Piece[] = [];
  let output = '';
  for (const match of text.matchAll(BASE64_RUN)) {
    const decoded = Buffer.from(match[0], 'base64').toString('latin1');
    if (!isMostlyText(decoded)) continue;
    const end = match.index + match[0].length;
    pieces.push({
      viewStart: output.length,
      viewEnd: output.length + decoded.length,
      start: match.index,
      end,
      isVerbatim: false,
    });
    // Blank lines keep a pattern from matching across two runs.
    output += `${decoded}\n\n`;
  }
  return output === '' ? null : { text: output, toOriginal: (start, end) => original(pieces, start, end) };
}

function isMostlyText(decoded: string): boolean {
  const odd = decoded.slice(0, 512).match(/[^\t\n\r -~]/g)?.length ?? 0;
  return odd <= Math.min(decoded.length, 512) * 0.05;
}

function original(pieces: readonly Piece[], start: number, end: number): { start: number; end: number } {
  const first = pieces[indexOf(pieces, start)];
  const last = pieces[indexOf(pieces, Math.max(start, end - 1))];
  return {
    start: first === undefined ? 0 : first.isVerbatim ? first.start + (start - first.viewStart) : first.start,
    end: last === undefined ? 0 : last.isVerbatim ? last.start + (end - last.viewStart) : last.end,
  };
}

// The last piece that starts at or before the position.
function indexOf(pieces: readonly Piece[], position: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.viewStart ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
