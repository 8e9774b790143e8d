interface RawBlock {
  start: RegExp;
  end: RegExp;
  closer: (start: string) => string;
}

/** HTML blocks that run to their end mark, or to the end of the text (CommonMark 0.31, 4.6, kinds 1 to 5). */
const RAW_BLOCKS: readonly RawBlock[] = [
  { start: /^ {0,3}<!--/, end: /-->/, closer: () => '-->' },
  { start: /^ {0,3}<\?/, end: /\?>/, closer: () => '?>' },
  { start: /^ {0,3}<!\[CDATA\[/, end: /\]\]>/, closer: () => ']]>' },
  { start: /^ {0,3}<![a-z]/i, end: />/, closer: () => '>' },
  {
    start: /^ {0,3}<(?:script|pre|style|textarea)(?=[\s>]|$)/i,
    end: /<\/(?:script|pre|style|textarea)>/i,
    closer: (start) => `</${start.replaceAll(/[^a-z]/gi, '')}>`,
  },
];

interface OpenBlock {
  isEnd: (line: string) => boolean;
  closer: string;
}

/**
 * The lines that close what a Markdown text leaves open at its end (code fence, HTML comment or block,
 * `<details>`), so that it can't swallow what is put after it. Empty where nothing is open.
 */
export function closersOf(text: string): string {
  let open: OpenBlock | null = null;
  let details = 0;
  for (const line of text.split('\n')) {
    if (open !== null) {
      if (open.isEnd(line)) open = null;
      continue;
    }
    open = openedFence(line) ?? openedRawBlock(line);
    if (open === null) details = Math.max(0, details + detailsBalance(line));
  }
  return (open === null ? '' : `\n${open.closer}`) + '\n</details>'.repeat(details);
}

function openedFence(line: string): OpenBlock | null {
  const match = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/.exec(line);
  if (match === null) return null;
  const [, indent = '', fence = ''] = match;
  return {
    isEnd: (later) => {
      const end = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(later)?.[1] ?? '';
      return end.startsWith(fence);
    },
    closer: indent + fence,
  };
}

function openedRawBlock(line: string): OpenBlock | null {
  for (const { start, end, closer } of RAW_BLOCKS) {
    const match = start.exec(line);
    if (match === null) continue;
    if (end.test(line.slice(match[0].length))) return null;
    return { isEnd: (later) => end.test(later), closer: closer(match[0]) };
  }
  return null;
}

function detailsBalance(line: string): number {
  const tags = line.match(/<\/?details\b/gi) ?? [];
  return tags.reduce((sum, tag) => sum + (tag.startsWith('</') ? -1 : 1), 0);
}

/** Where the code span begins that a cut at `end` would go through; null where it goes through none. */
export function codeSpanAt(text: string, end: number): number | null {
  const from = text.lastIndexOf('\n\n', end - 1) + 1;
  const until = text.indexOf('\n\n', end);
  const paragraph = text.slice(from, until === -1 ? undefined : until);
  const runs = [...paragraph.matchAll(/`+/g)].map(({ 0: run, index }) => ({
    at: from + index,
    size: run.length,
  }));
  const closers = closingRuns(runs);
  for (let index = 0; index < runs.length; index += 1) {
    const { at = end } = runs[index] ?? {};
    if (at >= end) return null;
    const closer = text[at - 1] === '\\' ? undefined : closers[index];
    if (closer === undefined) continue;
    const { at: closesAt = 0, size = 0 } = runs[closer] ?? {};
    if (closesAt + size > end) return at;
    index = closer;
  }
  return null;
}

/** For each run of backticks the index of the next one of its size, which closes it. */
function closingRuns(runs: readonly { size: number }[]): (number | undefined)[] {
  const next = new Map<number, number>();
  return runs
    .map(({ size }, index) => ({ size, index }))
    .toReversed()
    .map(({ size, index }) => {
      const closer = next.get(size);
      next.set(size, index);
      return closer;
    })
    .toReversed();
}
