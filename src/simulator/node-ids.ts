import type { CheckRun, CheckSuite } from './check-model.ts';
import type { Comment, Issue, Label, Reaction, Repository, Review, ReviewComment, User } from './model.ts';
import type { SimulatorState } from './state.ts';

const PREFIXES = {
  app: 'A',
  checkRun: 'CR',
  checkSuite: 'CS',
  comment: 'IC',
  event: 'LE',
  installation: 'MDIz',
  issue: 'I',
  label: 'LA',
  pullRequest: 'PR',
  reaction: 'REA',
  repository: 'R',
  review: 'PRR',
  reviewComment: 'PRRC',
  status: 'SC',
  user: 'U',
} as const;

export type NodeKind = keyof typeof PREFIXES;

/** The opaque global id of an object, e.g. `IC_kwDO…`; the same object always has the same one. */
export function nodeIdOf(kind: NodeKind, id: number): string {
  return `${PREFIXES[kind]}_${Buffer.from(`${kind}:${id}`).toString('base64url')}`;
}

/** What a node id stands for. A pull request's own node id gives `pullRequest`, an issue's `issue`. */
export type Node =
  | { kind: 'user'; user: User }
  | { kind: 'repository'; repository: Repository }
  | { kind: 'issue'; repository: Repository; issue: Issue }
  | { kind: 'pullRequest'; repository: Repository; issue: Issue }
  | { kind: 'comment'; repository: Repository; issue: Issue; comment: Comment }
  | { kind: 'review'; repository: Repository; issue: Issue; review: Review }
  | { kind: 'reviewComment'; repository: Repository; issue: Issue; reviewComment: ReviewComment }
  | { kind: 'label'; repository: Repository; label: Label }
  | { kind: 'checkRun'; repository: Repository; checkRun: CheckRun }
  | { kind: 'checkSuite'; repository: Repository; checkSuite: CheckSuite };

/** Finds what a node id stands for; null where nothing has it (deleted, never given out, not a node here). */
export function findNode(state: SimulatorState, nodeId: string): Node | null {
  const user = [...state.users.values()].find((entry) => entry.nodeId === nodeId);
  if (user !== undefined) return { kind: 'user', user };
  for (const repository of state.repositories.values()) {
    const found = findInRepository(repository, nodeId);
    if (found !== null) return found;
  }
  return null;
}

/** The reactions of a node that people can react to; null for any other. */
export function reactionsOf(node: Node): Reaction[] | null {
  switch (node.kind) {
    case 'issue':
    case 'pullRequest':
      return node.issue.reactions;
    case 'comment':
      return node.comment.reactions;
    case 'review':
      return node.review.reactions;
    case 'reviewComment':
      return node.reviewComment.reactions;
    case 'user':
    case 'repository':
    case 'label':
    case 'checkRun':
    case 'checkSuite':
      return null;
  }
}

function findInRepository(repository: Repository, nodeId: string): Node | null {
  if (repository.nodeId === nodeId) return { kind: 'repository', repository };
  const label = repository.labels.find((entry) => entry.nodeId === nodeId);
  if (label !== undefined) return { kind: 'label', repository, label };
  const checkRun = repository.checkRuns.find((entry) => entry.nodeId === nodeId);
  if (checkRun !== undefined) return { kind: 'checkRun', repository, checkRun };
  const checkSuite = repository.checkSuites.find((entry) => entry.nodeId === nodeId);
  if (checkSuite !== undefined) return { kind: 'checkSuite', repository, checkSuite };
  for (const issue of repository.issues.values()) {
    const found = findInIssue(repository, issue, nodeId);
    if (found !== null) return found;
  }
  return null;
}

function findInIssue(repository: Repository, issue: Issue, nodeId: string): Node | null {
  if (issue.pull?.nodeId === nodeId) return { kind: 'pullRequest', repository, issue };
  if (issue.nodeId === nodeId) return { kind: 'issue', repository, issue };
  const comment = issue.comments.find((entry) => entry.nodeId === nodeId);
  if (comment !== undefined) return { kind: 'comment', repository, issue, comment };
  const review = issue.pull?.reviews.find((entry) => entry.nodeId === nodeId);
  if (review !== undefined) return { kind: 'review', repository, issue, review };
  const reviewComment = issue.pull?.reviewComments.find((entry) => entry.nodeId === nodeId);
  return reviewComment === undefined ? null : { kind: 'reviewComment', repository, issue, reviewComment };
}
