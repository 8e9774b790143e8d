import { readFileSync } from 'node:fs';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

export interface MarkdownPage {
  links: string[];
  /** As GitHub makes them of the headings. */
  anchors: string[];
  headings: string[];
  /** The texts of code spans. */
  spans: string[];
  /** `info` is everything after the fence, e.g. `yaml muster.yml`. */
  blocks: { info: string; text: string }[];
  /** The code spans in the first cell of every row of a table. */
  rows: { spans: string[] }[];
}

/** What can be checked of a page. */
export function readMarkdownPage(file: string): MarkdownPage {
  const tree = fromMarkdown(readFileSync(file, 'utf8'), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const nodes = descendants(tree);
  const headings = nodes.filter((node) => node.type === 'heading').map(textOf);
  return {
    links: nodes.flatMap((node) => (node.type === 'link' ? [node.url] : [])),
    headings,
    anchors: headings.map(slug),
    spans: spansOf(tree),
    blocks: nodes.flatMap((node) =>
      node.type === 'code'
        ? [{ info: [node.lang, node.meta].filter(Boolean).join(' '), text: node.value }]
        : [],
    ),
    rows: nodes.flatMap((node) => {
      const cell = node.type === 'tableRow' ? node.children[0] : undefined;
      return cell === undefined ? [] : [{ spans: spansOf(cell) }];
    }),
  };
}

function descendants(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap(descendants) : [])];
}

function spansOf(node: Nodes): string[] {
  return descendants(node).flatMap((inner) => (inner.type === 'inlineCode' ? [inner.value] : []));
}

function textOf(node: Nodes): string {
  return descendants(node)
    .map((inner) => ('value' in inner ? inner.value : ''))
    .join('');
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
