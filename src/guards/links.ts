import { applyEdits, isWithin, type Edit } from './edits.ts';
import { codeRanges, linkAddress, linkTail, readMarkdown, type MarkdownNode } from './markdown.ts';

export interface LinkedText {
  text: string;
  /** Images that became links, and addresses that were taken out. */
  changes: number;
  /** Foreign hosts of links whose address is long enough to carry data out; a person should see them. */
  suspects: string[];
}

/** GitHub's own, where an image's address tells nobody but GitHub that it was read. */
const GITHUB_HOST =
  /^(?:(?:www\.|gist\.)?github\.com|(?:[a-z0-9-]+\.)*githubusercontent\.com|github\.githubassets\.com)$/;

const FORBIDDEN_SCHEME = /^(?:javascript|data|vbscript|file|blob|filesystem|view-source):/;

/** Longer than any page's name: what people link to rarely needs more behind the host. */
const MAX_ADDRESS = 300;
const MAX_QUERY = 120;
const MAX_RANDOM_PART = 48;

const LOADING_TAG =
  /<(?:img|source|video|audio|picture|image|input|object|embed|iframe|track|link)\b[^>]*>/gi;
const LOADING_ATTRIBUTE = /\s(?:src|srcset|href|poster|data|background)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi;
const HREF = /\shref\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi;

/** The hosts that a trusted text names in its URLs; hand them to `guardLinks` as allowed. */
export function hostsIn(trustedText: string): string[] {
  const hosts = [...trustedText.matchAll(/https?:\/\/[^\s<>"'`)\]]+/gi)].map((match) =>
    hostOf(match[0].replace(/[.,;:!?]+$/, '')),
  );
  return [...new Set(hosts.filter((host) => host !== null))];
}

/**
 * Keeps a text from carrying data out by being read: images of hosts other than GitHub's and the allowed ones
 * become plain links, scripts and data in addresses go, and long foreign addresses are reported. Idempotent.
 */
export function guardLinks(text: string, options: { allowedHosts: readonly string[] }): LinkedText {
  if (!/[<\]:]/.test(text)) return { text, changes: 0, suspects: [] };
  const nodes = readMarkdown(text);
  const isAllowed = (url: string): boolean => isHarmless(url, options.allowedHosts);
  const defined = new Map(
    (nodes ?? []).flatMap(({ node }) =>
      node.type === 'definition' ? [[node.identifier, node.url] as const] : [],
    ),
  );
  const edits =
    nodes === null
      ? [...htmlEdits(text, 0, isAllowed), ...unreadEdits(text)]
      : nodes.flatMap((place) => nodeEdits(text, place, defined, isAllowed));
  return {
    text: applyEdits(text, edits),
    changes: edits.length,
    suspects: suspectHosts(text, nodes, isAllowed),
  };
}

// A text that can't be read as Markdown loses every image and every scheme that runs.
function unreadEdits(text: string): Edit[] {
  return [...text.matchAll(/!(?=\[)|(?:javascript|vbscript|data):/gi)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    replacement: match[0] === '!' ? '' : match[0].replace(':', ' '),
  }));
}

function nodeEdits(
  text: string,
  place: MarkdownNode,
  defined: ReadonlyMap<string, string>,
  isAllowed: (url: string) => boolean,
): Edit[] {
  const { node, start, end } = place;
  if (node.type === 'html') return htmlEdits(text.slice(start, end), start, isAllowed);
  if (node.type === 'image' || node.type === 'imageReference') {
    const url = node.type === 'image' ? node.url : (defined.get(node.identifier) ?? '');
    return isAllowed(url) ? [] : [{ start, end, replacement: linkInstead(url) }];
  }
  if (node.type === 'definition' && isForbidden(node.url)) return [{ start, end, replacement: '' }];
  if (node.type === 'link' && isForbidden(node.url)) {
    const { start: tail } = linkTail(place);
    return text[start] === '['
      ? [
          { start, end: start + 1, replacement: '' },
          { start: tail, end, replacement: '' },
        ]
      : [{ start, end, replacement: '(address removed)' }];
  }
  return [];
}

function htmlEdits(html: string, offset: number, isAllowed: (url: string) => boolean): Edit[] {
  const loading = [...html.matchAll(LOADING_TAG)].flatMap((tag) => {
    const urls = attributeValues(tag[0], LOADING_ATTRIBUTE).flatMap((value) => value.split(/,?\s+/));
    const foreign = urls.find((url) => url !== '' && !/^[\d.]+[wx]$/.test(url) && !isAllowed(url));
    if (foreign === undefined) return [];
    const start = offset + tag.index;
    return [
      {
        start,
        end: start + tag[0].length,
        replacement: isForbidden(foreign) ? '' : foreign.replace(/[<>"'\s].*/s, ''),
      },
    ];
  });
  const followed = [...html.matchAll(HREF)].flatMap((match) => {
    if (!isForbidden(unquote(match[1] ?? ''))) return [];
    const start = offset + match.index;
    return [{ start, end: start + match[0].length, replacement: '' }];
  });
  return [...loading, ...followed];
}

function attributeValues(tag: string, pattern: RegExp): string[] {
  return [...tag.matchAll(pattern)].map((match) => unquote(match[1] ?? '').trim());
}

function unquote(value: string): string {
  return value.replace(/^["']|["']$/g, '');
}

function linkInstead(url: string): string {
  return isForbidden(url) ? '(image removed)' : `[image](${linkAddress(url)})`;
}

function suspectHosts(
  text: string,
  nodes: readonly MarkdownNode[] | null,
  isAllowed: (url: string) => boolean,
): string[] {
  const code = codeRanges(nodes);
  const hosts = [...text.matchAll(/(?:https?:)?\/\/[^\s<>"'`)\]]+/gi)].flatMap((match) => {
    const url = match[0].startsWith('//') ? `https:${match[0]}` : match[0];
    const host = hostOf(url);
    return host === null || isWithin(code, match.index) || isAllowed(url) || !carriesData(url) ? [] : [host];
  });
  return [...new Set(hosts)];
}

function carriesData(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return true;
  if (address.length > MAX_ADDRESS || url.search.length + url.hash.length > MAX_QUERY) return true;
  return `${url.hostname}${url.pathname}`
    .split(/[./]/)
    .some((part) => part.length > MAX_RANDOM_PART && /\d/.test(part) && !/[-_]/.test(part));
}

function isHarmless(url: string, allowedHosts: readonly string[]): boolean {
  if (isForbidden(url)) return false;
  const compact = compacted(url);
  const isElsewhere = /^[a-z][a-z0-9+.-]*:|^[\\/]{2}/i.test(compact);
  if (!isElsewhere) return true;
  const host = hostOf(compact.replace(/^[\\/]{2}/, 'https://'));
  return host !== null && (GITHUB_HOST.test(host) || allowedHosts.includes(host));
}

function isForbidden(url: string): boolean {
  return FORBIDDEN_SCHEME.test(compacted(url).toLowerCase());
}

// Browsers skip white space and controls inside a scheme: `java\nscript:`.
function compacted(url: string): string {
  return url.replace(/[\s\p{Cc}\p{DI}]+/gu, '');
}

function hostOf(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed === null || parsed.hostname === '' ? null : parsed.hostname.toLowerCase();
}
