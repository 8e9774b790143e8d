/** Results go to stdout, so that they can be piped; nothing else does. */
export function printJson(value: unknown): void {
  process.stdout.write(`${inertJson(value, 2)}\n`);
}

/** JSON Lines: one value a line. */
export function printJsonLines(values: readonly unknown[]): void {
  for (const value of values) process.stdout.write(`${inertJson(value, 0)}\n`);
}

/** Lines for a person; what a terminal would obey rather than show is made visible. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.map(printable).join('\n')}\n`);
}

/** Said while the work goes on, and only to someone who watches: on stderr, where that is a terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`  · ${printable(text)}\n`);
}

/** For a person beside the result, e.g. what a conversion left out: on stderr, terminal or not. */
export function remark(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/**
 * Text of a model, or of anybody on GitHub, with escape sequences and direction marks as `\u{1b}`, so that it
 * can neither repaint a terminal nor hide in it.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (char) =>
    char === '\r' ? '' : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Rows in columns of equal width; the last column is not padded. Empty for no rows. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Array.from(row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - Array.from(cell).length),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** The text on one line, cut to `max` characters. */
export function oneLine(text: string, max: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** JSON escapes the controls below U+0020 only; terminals obey some above it as well. */
function inertJson(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replaceAll(/[\u007F-\u009F]/g, escapeUnit);
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
