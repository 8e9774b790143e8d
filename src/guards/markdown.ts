import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Range } from './edits.ts';

/** GitHub refuses longer bodies; whatever is longer is a file or a log. */
const MAX_LENGTH = 150_000;

/** Containers nested deeper than any person writes make the parser quadratic. */
const TOO_NESTED = /^(?:(?:>|[*+-][ \t]|\d{1,9}[.)][ \t])[ \t]*){30}/m;

/** Beyond this many closing brackets the parser is quadratic, too. */
const MAX_BRACKETS = 3000;

/** A node with the place that it came from. */
export interface MarkdownNode extends Range {
  node: Nodes;
}

let latest: { text: string; nodes: MarkdownNode[] | null } | null = null;

/**
 * Every node of a text as GitHub reads it (CommonMark with GFM), parents before children. Null where the text
 * is too long or too nested to be read: callers then treat all of it as prose. The latest answer is kept,
 * since one guard after the other reads the same text.
 */
export function readMarkdown(text: string): readonly MarkdownNode[] | null {
  if (latest?.text !== text) latest = { text, nodes: isReadable(text) ? parse(text) : null };
  return latest.nodes;
}

function isReadable(text: string): boolean {
  if (text.length > MAX_LENGTH || TOO_NESTED.test(text)) return false;
  return (text.match(/\]/g)?.length ?? 0) <= MAX_BRACKETS;
}

function parse(text: string): MarkdownNode[] {
  const nodes: MarkdownNode[] = [];
  const pending: Nodes[] = [
    fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }),
  ];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (start !== undefined && end !== undefined) nodes.push({ node, start, end });
    if ('children' in node) pending.push(...node.children.toReversed());
  }
  return nodes;
}

/** Ranges of code, fenced, indented and inline: shown as they are written. */
export function codeRanges(nodes: readonly MarkdownNode[] | null): Range[] {
  return (nodes ?? []).filter(({ node }) => node.type === 'code' || node.type === 'inlineCode');
}

/** The end of the visible part of a link, behind its last child: what follows is the address. */
export function linkTail({ node, start, end }: MarkdownNode): Range {
  const last = 'children' in node ? node.children.at(-1)?.position?.end.offset : undefined;
  return { start: last ?? start, end };
}

/** An address as it may stand between the brackets of a link. */
export function linkAddress(url: string): string {
  const escaped = url.replace(/[\s<>]/g, (character) => encodeURIComponent(character));
  return /[()\\]/.test(escaped) ? `<${escaped}>` : escaped;
}
