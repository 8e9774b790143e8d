/** Where a text stands in a file, once; or what to tell a model that got it wrong. */
export type Place = { kind: 'found'; start: number; end: number } | { kind: 'not_found'; hint: string };

const MAX_LISTED = 5;
const CONTEXT_LINES = 6;

/**
 * Finds `search` in `content`, exactly and once. The hint of a miss names the lines where it almost stands:
 * with other white space, or where its longest line does.
 */
export function findPlace(content: string, search: string): Place {
  const starts = occurrences(content, search);
  const [start] = starts;
  if (start !== undefined && starts.length === 1) return { kind: 'found', start, end: start + search.length };
  return {
    kind: 'not_found',
    hint: start === undefined ? nearMiss(content, search) : notUnique(content, starts),
  };
}

/** The line, from 1, that a position is in. */
export function lineAt(content: string, position: number): number {
  return content.slice(0, position).split('\n').length;
}

function occurrences(content: string, search: string): number[] {
  const starts: number[] = [];
  for (let start = content.indexOf(search); start !== -1; start = content.indexOf(search, start + 1)) {
    starts.push(start);
  }
  return starts;
}

function notUnique(content: string, starts: readonly number[]): string {
  const lines = starts.slice(0, MAX_LISTED).map((start) => lineAt(content, start));
  const more = starts.length > MAX_LISTED ? ' …' : '';
  return `\`search\` stands ${starts.length} times, at lines ${lines.join(', ')}${more}. Add lines around it until it is unique.`;
}

function nearMiss(content: string, search: string): string {
  const lines = content.split('\n');
  const squeezed = lines.map(squeeze);
  const wanted = search
    .replace(/^\n+|\n+$/g, '')
    .split('\n')
    .map(squeeze);
  const text = `\n${squeezed.join('\n')}\n`;
  const position = text.indexOf(`\n${wanted.join('\n')}\n`);
  if (position !== -1) {
    const start = lineAt(text, position) - 1;
    const there = excerpt(lines, start, wanted.length);
    return `It stands with other white space at line ${start + 1}; copy it exactly:\n${there}`;
  }
  const longest = wanted.toSorted((left, right) => right.length - left.length)[0] ?? '';
  const near = longest.length < 4 ? -1 : squeezed.findIndex((line) => line.includes(longest));
  if (near === -1) return 'No line of the file has its longest line. Read the file again before you edit it.';
  const there = excerpt(lines, Math.max(0, near - 2), CONTEXT_LINES);
  return `Only a part of it stands there, around line ${near + 1}:\n${there}`;
}

function squeeze(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

function excerpt(lines: readonly string[], start: number, count: number): string {
  return lines
    .slice(start, start + Math.min(count, 20))
    .map((line, index) => `${start + index + 1}\t${line.replace(/\r$/, '').slice(0, 500)}`)
    .join('\n');
}
