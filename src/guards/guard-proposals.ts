import type { GuardFinding } from '../domain/guard.ts';
import type { Proposal, ProposalOf, ReviewComment } from '../domain/proposal.ts';
import { guardChanges, type ChangesContext } from './guard-changes.ts';
import { guardLabels, guardLogins, type LabelContext } from './guard-labels.ts';
import { applyLimits, type OutputLimits } from './guard-limits.ts';
import { cleanText, type GuardNote, type TextKind } from './guard-text.ts';
import { unsafePath } from './paths.ts';
import { MAX_DISPATCH_CHARACTERS, MAX_DISPATCH_INPUTS, MAX_REVIEW_COMMENTS } from './size.ts';
import { refusalOfInputs } from './workflow-inputs.ts';

/** What the guards know of a run; everything that GitHub or the configuration decides comes in here. */
export interface GuardContext extends LabelContext, ChangesContext {
  /** The agent file's `outputs`. */
  limits: OutputLimits;
  /** What earlier rounds of the run published; the limits are those of the run. */
  published: readonly Proposal[];
  /** A workflow file of the default branch, by its name; null where it isn't there or can't be read. */
  readWorkflow: (file: string) => Promise<string | null>;
}

export interface GuardedProposals {
  proposals: Proposal[];
  findings: GuardFinding[];
}

interface Guarded {
  proposal: Proposal;
  notes: GuardNote[];
}

/**
 * Runs every guard over what an agent asked for. Text comes back cleaned; what may not go out at all stays in the
 * list with a `blocked` finding, for the gate; what went past a maximum is gone from it, with a finding. Findings
 * never hold the secret or the datum. Guarding twice changes nothing more.
 */
export async function guardProposals(
  proposals: readonly Proposal[],
  context: GuardContext,
): Promise<GuardedProposals> {
  const kept = applyLimits(proposals, context.limits, context.published);
  const guarded = await Promise.all(kept.proposals.map(async (proposal) => guardProposal(proposal, context)));
  return {
    proposals: guarded.map(({ proposal }) => proposal),
    findings: [
      ...kept.findings,
      ...guarded.flatMap(({ proposal, notes }) =>
        notes.map((note) => ({ ...note, proposalId: proposal.id })),
      ),
    ],
  };
}

async function guardProposal(proposal: Proposal, context: GuardContext): Promise<Guarded> {
  switch (proposal.kind) {
    case 'comment': {
      const body = await field('body', proposal.body, 'markdown', context);
      return {
        proposal: { ...proposal, body: body.text },
        notes: [...body.notes, ...empty('body', body.text)],
      };
    }
    case 'review':
      return guardReview(proposal, context);
    case 'labels':
      return guardLabelProposal(proposal, context);
    case 'assign': {
      const { names, notes } = guardLogins(proposal.logins);
      return {
        proposal: { ...proposal, logins: names },
        notes: [...notes, ...empty('list of logins', names.join())],
      };
    }
    case 'issue':
      return guardIssue(proposal, context);
    case 'pull_request':
      return guardPullRequest(proposal, context);
    case 'close':
      return { proposal, notes: [] };
    case 'dispatch':
      return guardDispatch(proposal, context);
    case 'notes': {
      const texts = await Promise.all(
        proposal.notes.map(async ({ text }, index) => field(`note ${index + 1}`, text, 'note', context)),
      );
      const notes = proposal.notes.map((note, index) => ({ ...note, text: texts[index]?.text ?? '' }));
      return {
        proposal: { ...proposal, notes: notes.filter(({ text }) => text.trim() !== '') },
        notes: texts.flatMap((text) => text.notes),
      };
    }
  }
}

async function guardReview(proposal: ProposalOf<'review'>, context: GuardContext): Promise<Guarded> {
  const body = await field('body', proposal.body, 'markdown', context);
  const notes: GuardNote[] = [...body.notes];
  const placed = proposal.comments.filter(
    ({ path, line }) => unsafePath(path) === null && Number.isInteger(line) && line > 0,
  );
  const comments: ReviewComment[] = [];
  for (const [index, comment] of placed.slice(0, MAX_REVIEW_COMMENTS).entries()) {
    const cleaned = await field(`inline comment ${index + 1}`, comment.body, 'markdown', context);
    notes.push(...cleaned.notes);
    if (cleaned.text.trim() !== '') comments.push({ ...comment, body: cleaned.text });
  }
  const dropped = proposal.comments.length - comments.length;
  if (dropped > 0)
    notes.push({ guard: 'size', outcome: 'cleaned', message: `dropped ${dropped} inline comments` });
  if (comments.length === 0) notes.push(...empty('review', body.text));
  return { proposal: { ...proposal, body: body.text, comments }, notes };
}

async function guardLabelProposal(proposal: ProposalOf<'labels'>, context: GuardContext): Promise<Guarded> {
  const allow = context.limits.labels?.allow;
  const add = await guardLabels(proposal.add, allow, context);
  const remove = await guardLabels(proposal.remove, allow, context);
  return {
    proposal: { ...proposal, add: add.names, remove: remove.names },
    notes: [
      ...add.notes,
      ...remove.notes,
      ...empty('list of labels', [...add.names, ...remove.names].join()),
    ],
  };
}

async function guardIssue(proposal: ProposalOf<'issue'>, context: GuardContext): Promise<Guarded> {
  const title = await field('title', proposal.title, 'title', context);
  const body = await field('body', proposal.body, 'markdown', context);
  const labels = await guardLabels(proposal.labels, context.limits.labels?.allow, context);
  return {
    proposal: { ...proposal, title: title.text, body: body.text, labels: labels.names },
    notes: [...title.notes, ...body.notes, ...labels.notes, ...empty('title', title.text)],
  };
}

async function guardPullRequest(
  proposal: ProposalOf<'pull_request'>,
  context: GuardContext,
): Promise<Guarded> {
  const title = await field('title', proposal.title, 'title', context);
  const body = await field('body', proposal.body, 'commit_body', context);
  const changes = await guardChanges(proposal.changes, context);
  const nothing = proposal.changes.length === 0 ? empty('list of changed files', '') : [];
  return {
    proposal: { ...proposal, title: title.text, body: body.text },
    notes: [...title.notes, ...body.notes, ...changes, ...empty('title', title.text), ...nothing],
  };
}

// Inputs reach a workflow's shell and its public log, and a cleaned one would no longer mean what was asked.
async function guardDispatch(proposal: ProposalOf<'dispatch'>, context: GuardContext): Promise<Guarded> {
  const block = (guard: string, message: string): Guarded => ({
    proposal,
    notes: [{ guard, outcome: 'blocked', message }],
  });
  const allow = context.limits.dispatch?.allow ?? [];
  if (!allow.includes(proposal.workflow))
    return block('paths', 'the agent file does not allow this workflow');
  const inputs = Object.entries(proposal.inputs).map(([name, value]) => `${name}=${value}`);
  const text = inputs.join('\n');
  if (inputs.length > MAX_DISPATCH_INPUTS || text.length > MAX_DISPATCH_CHARACTERS) {
    return block('size', 'the inputs are more than GitHub takes');
  }
  const cleaned = await Promise.all(inputs.map(async (input) => cleanText(input, 'note', context)));
  const touched = cleaned.flatMap(({ notes }) => notes);
  if (touched.length > 0) {
    const notes = touched.map(({ guard, message }) => ({ guard, message: `inputs: ${message}` }));
    return { proposal, notes: notes.map((note) => ({ ...note, outcome: 'blocked' })) };
  }
  const refusal = refusalOfInputs(await context.readWorkflow(proposal.workflow), proposal.inputs);
  return refusal === null ? { proposal, notes: [] } : block('workflow', refusal);
}

async function field(
  name: string,
  text: string,
  kind: TextKind,
  context: GuardContext,
): Promise<{ text: string; notes: GuardNote[] }> {
  const cleaned = await cleanText(text, kind, context);
  return {
    text: cleaned.text,
    notes: cleaned.notes.map((note) => ({ ...note, message: `${name}: ${note.message}` })),
  };
}

function empty(name: string, text: string): GuardNote[] {
  return text.trim() === '' ? [{ guard: 'size', outcome: 'blocked', message: `the ${name} is empty` }] : [];
}
