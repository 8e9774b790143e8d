import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';

const SLASH = 0x2f;
const QUOTING_TAG = /<(\/?)(?:blockquote|pre|code|samp|template)\b[^<>]*>/gi;

/** `html: true`, so that comments and tags are read as GitHub reads them instead of as text. */
const markdown = new MarkdownIt('commonmark', { html: true });

/*
 * The inline parser comes by here only with text that it has not already taken into a code span, a tag, a
 * comment or a link's address, so a slash seen here at the start of a line is one that GitHub shows as text.
 */
markdown.inline.ruler.before('text', 'line_slash', (state, isSilent) => {
  if (isSilent || state.src.codePointAt(state.pos) !== SLASH) return false;
  if (state.pos > 0 && state.src[state.pos - 1] !== '\n') return false;
  const token = state.push('line_slash', '', 0);
  token.meta = { at: state.pos };
  state.pos += 1;
  return true;
});

/**
 * The lines of a comment, from 0, that start with a slash which GitHub renders as plain text: not in a
 * fenced or indented code block, a code span, a quote (with the lines that lazily continue it), an HTML
 * block or a comment. Lines are ended by `\n` only.
 */
export function slashLines(text: string): number[] {
  if (!/^\/[a-z]/m.test(text)) return [];
  const rows = text.split('\n');
  const found: number[] = [];
  let quotes = 0;
  let tags = 0;
  for (const token of markdown.parse(text, {})) {
    if (token.type === 'blockquote_open') quotes += 1;
    if (token.type === 'blockquote_close') quotes -= 1;
    tags = Math.max(0, tags + openedBy(token));
    if (token.type !== 'inline') continue;
    const lineAt = lineCounter(token.content, token.map?.[0] ?? 0);
    for (const child of token.children ?? []) {
      tags = Math.max(0, tags + openedBy(child));
      if (child.type !== 'line_slash') continue;
      const line = lineAt(Number(child.meta?.at));
      if (quotes === 0 && tags === 0 && rows[line]?.startsWith('/') === true) found.push(line);
    }
  }
  return found;
}

/** The line of a position; positions are asked for in rising order, so that the text is read once. */
function lineCounter(text: string, firstLine: number): (position: number) => number {
  let line = firstLine;
  let counted = 0;
  return (position) => {
    for (; counted < position; counted += 1) if (text[counted] === '\n') line += 1;
    return line;
  };
}

/** How many quoting HTML tags a piece of HTML leaves open; negative where it closes them. */
function openedBy(token: Token): number {
  if (token.type !== 'html_block' && token.type !== 'html_inline') return 0;
  let depth = 0;
  const visible = token.content.replaceAll(/<!--.*?(?:-->|$)/gs, '');
  for (const [, closing] of visible.matchAll(QUOTING_TAG)) depth += closing === '/' ? -1 : 1;
  return depth;
}
