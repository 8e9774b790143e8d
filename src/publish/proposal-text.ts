import type { FileChange, Proposal } from '../domain/proposal.ts';
import type { RunView } from '../domain/run-view.ts';
import { codeBlock, cutMarkdown, foldedBlock } from './markdown.ts';
import { stripMarkers } from './markers.ts';
import { KIND_WORDS } from './words.ts';

/** What the proposals that wait may take of a tracking comment, in characters. */
const MAX_WAITING = 36_000;

/** GitHub's comparison shows no more files than this. */
const MAX_COMPARED_FILES = 300;

export interface WaitingText {
  markdown: string;
  /** False where something can't be shown whole: then it can't be approved. */
  isWhole: boolean;
}

/**
 * The proposals that wait, whole and raw: short fields as JSON (a line break in one can't pass for another
 * field), texts as they are, invisible characters made visible. Files are listed; their content is what
 * GitHub's comparison of the waiting commit shows.
 */
export function renderWaiting(proposals: readonly Proposal[], max = MAX_WAITING): WaitingText {
  const markdown = proposals.map((proposal) => block(proposal, [])).join('\n\n');
  const isComparable = proposals.every(
    (proposal) => proposal.kind !== 'pull_request' || proposal.changes.length <= MAX_COMPARED_FILES,
  );
  return markdown.length <= max
    ? { markdown, isWhole: isComparable }
    : { markdown: cutMarkdown(markdown, max), isWhole: false };
}

/** The proposals that a run waits for, in their order. */
export function waitingProposals(view: Pick<RunView, 'proposals' | 'waiting'>): Proposal[] {
  const ids = new Set(view.waiting?.proposalIds);
  return view.proposals.filter((proposal) => ids.has(proposal.id));
}

/** Whether the tracking comment shows all that waits: the condition for an approval. */
export function isWaitingWhole(view: Pick<RunView, 'proposals' | 'waiting'>): boolean {
  return renderWaiting(waitingProposals(view)).isWhole;
}

/** Every proposal field by field, files with their content, for a dry run; cut to `max` characters. */
export function renderProposals(proposals: readonly Proposal[], max = MAX_WAITING): string {
  const blocks = proposals.map((proposal) =>
    block(proposal, proposal.kind === 'pull_request' ? proposal.changes.map(contentOf) : []),
  );
  return cutMarkdown(blocks.join('\n\n'), max);
}

function block(proposal: Proposal, more: readonly string[]): string {
  const { fields, texts } = partsOf(proposal);
  const shown = [fields.join('\n'), ...texts, ...more].filter((part) => part !== '');
  const name = `${/^p\d+$/.test(proposal.id) ? proposal.id : 'proposal'}: ${KIND_WORDS[proposal.kind]}`;
  return foldedBlock(name, shown.map((part) => codeBlock(reveal(stripMarkers(part)))).join('\n\n'));
}

interface Parts {
  fields: string[];
  texts: string[];
}

function partsOf(proposal: Proposal): Parts {
  switch (proposal.kind) {
    case 'comment':
      return { fields: [], texts: [proposal.body] };
    case 'review':
      return {
        fields: [field('event', proposal.event)],
        texts: [
          proposal.body,
          ...proposal.comments.map(({ path, line, body }) => `${field('at', `${path}:${line}`)}\n${body}`),
        ],
      };
    case 'labels':
      return { fields: [field('add', proposal.add), field('remove', proposal.remove)], texts: [] };
    case 'assign':
      return { fields: [field('logins', proposal.logins)], texts: [] };
    case 'issue':
      return {
        fields: [field('title', proposal.title), field('labels', proposal.labels)],
        texts: [proposal.body],
      };
    case 'pull_request':
      return {
        fields: [field('title', proposal.title)],
        texts: [proposal.body, proposal.changes.map(fileLine).join('\n')],
      };
    case 'close':
      return { fields: [field('reason', proposal.reason)], texts: [] };
    case 'dispatch':
      return { fields: [field('workflow', proposal.workflow), field('inputs', proposal.inputs)], texts: [] };
    case 'notes':
      return { fields: [], texts: proposal.notes.map((note) => `${field('kind', note.kind)}\n${note.text}`) };
  }
}

function field(name: string, value: unknown): string {
  return `${name}: ${JSON.stringify(value)}`;
}

function fileLine(change: FileChange): string {
  const remarks = [
    ...(change.content === null ? ['deleted'] : []),
    ...(change.mode === '100755' ? ['executable'] : []),
    ...(change.mode === '120000' ? ['symbolic link'] : []),
    ...(change.origin === 'command' ? ['only a command changed it'] : []),
  ];
  return JSON.stringify(change.path) + (remarks.length === 0 ? '' : ` (${remarks.join(', ')})`);
}

function contentOf(change: FileChange): string {
  if (change.content === null) return fileLine(change);
  const content = change.encoding === 'utf-8' ? change.content : '(bytes that are not text)';
  return `${fileLine(change)}\n${content}`;
}

/** Characters that a reader can't see (controls, direction marks, tags) as `\u{202e}`. */
function reveal(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])\p{C}/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
