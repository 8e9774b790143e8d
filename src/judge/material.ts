import type { Proposal } from '../domain/proposal.ts';

export interface MaterialParts {
  /** The subject's title and body, and the request. */
  task: string;
  proposals: readonly Proposal[];
  /** Unified diff of the proposed changes, or of the pull request under review. */
  diff: string;
  /** False where that diff leaves something out, as bytes that are no text. Absent in records of earlier builds. */
  isWhole?: boolean;
  /** What commands printed, newest last. */
  commandOutputs: readonly string[];
}

/** Marks a part as data; `quote` for prose, `quoteCode` where markup belongs to the text. */
export interface Quotes {
  quote: (text: string, source: string) => string;
  quoteCode: (text: string, source: string) => string;
}

/** At most this much of one part: the head and the tail are kept, and the cut is said. */
const PART_LIMIT = 60_000;

/** Of a proposal more: all of it is published, so a person is to be asked of what the judge saw in part. */
const PROPOSAL_LIMIT = 131_072;

/** What the judge sees, each part named: the task, the proposals in the order given, then what bears on them. */
export function judgeMaterial(parts: MaterialParts, quotes: Quotes): string {
  const { quote, quoteCode } = quotes;
  const sections = [
    quote(cut(parts.task), 'task'),
    ...parts.proposals.map((proposal) =>
      quote(cut(describeProposal(proposal), PROPOSAL_LIMIT), `proposal ${proposal.kind}`),
    ),
    ...(parts.diff === '' ? [] : [quoteCode(cut(parts.diff), 'diff')]),
    ...parts.commandOutputs.map((output) => quoteCode(cut(output), 'command output')),
  ];
  return sections.join('\n\n');
}

/** Whether all that would be published, and all of the change, is in the material. */
export function isSeenWhole({ proposals, diff, isWhole = true }: MaterialParts): boolean {
  const isDiffWhole = isWhole && diff.length <= PART_LIMIT;
  return isDiffWhole && proposals.every((proposal) => describeProposal(proposal).length <= PROPOSAL_LIMIT);
}

/** A proposal as the judge reads it: every field that will be published, file contents aside. */
function describeProposal(proposal: Proposal): string {
  return Object.entries(shownFields(proposal))
    .map(
      ([field, value]) => `${field}: ${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`,
    )
    .join('\n');
}

function shownFields({ id: _id, ...rest }: Proposal): object {
  if (rest.kind === 'pull_request') return { ...rest, changes: rest.changes.map(({ path }) => path) };
  if (rest.kind !== 'review') return rest;
  return { ...rest, comments: rest.comments.map(({ path, line, body }) => ({ path, line, body })) };
}

function cut(text: string, limit = PART_LIMIT): string {
  if (text.length <= limit) return text;
  const half = limit / 2;
  return `${text.slice(0, half)}\n[${text.length - limit} characters left out]\n${text.slice(-half)}`;
}
