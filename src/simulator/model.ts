import type { CheckRun, CheckSuite, CommitStatus } from './check-model.ts';
import type { GitRepository } from './git/repository.ts';

/** What GitHub keeps of an account; bots of Apps are named `<slug>[bot]`. */
export interface User {
  id: number;
  nodeId: string;
  login: string;
  type: 'User' | 'Bot' | 'Organization';
  email: string;
}

/** Permission name (`issues`, `checks`, …) → level, as Apps and tokens carry them. */
export type Permissions = Record<string, 'read' | 'write' | 'admin'>;

/** A registered GitHub App. `webhookUrl: null` means that nothing is delivered to it. */
export interface App {
  id: number;
  nodeId: string;
  slug: string;
  name: string;
  ownerId: number;
  clientId: string;
  clientSecret: string;
  /** PEM; the private half is known to the App only. */
  publicKey: string;
  webhookSecret: string;
  webhookUrl: string | null;
  hookId: number;
  permissions: Permissions;
  events: string[];
  bot: User;
  createdAt: string;
}

export interface Installation {
  id: number;
  nodeId: string;
  appId: number;
  accountId: number;
  /** Null: every repository of the account. */
  repositoryIds: Set<number> | null;
  permissions: Permissions;
  suspendedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export type RoleName = 'admin' | 'maintain' | 'write' | 'triage' | 'read';

export interface Repository {
  id: number;
  nodeId: string;
  owner: User;
  name: string;
  /** `owner/name` under which it was known before; GitHub redirects from there. */
  formerNames: string[];
  description: string | null;
  isPrivate: boolean;
  isArchived: boolean;
  defaultBranch: string;
  /** The repository that this one was forked from. */
  parentId: number | null;
  /** User id → role; the owner is admin without an entry. */
  collaborators: Map<number, RoleName>;
  labels: Label[];
  /** Issues and pull requests, which share their numbers. */
  issues: Map<number, Issue>;
  checkSuites: CheckSuite[];
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
  workflowDispatches: WorkflowDispatch[];
  repositoryDispatches: { eventType: string; payload: unknown; at: string }[];
  /** Branch → whether an administrator protected it. */
  protectedBranches: Set<string>;
  /** Commits that the API made for an App without author and committer: GitHub signed them. */
  verifiedCommits: Set<string>;
  git: GitRepository;
  createdAt: string;
  pushedAt: string;
}

export interface Label {
  id: number;
  nodeId: string;
  name: string;
  color: string;
  description: string | null;
}

/** An issue, or a pull request where `pull` is set. */
export interface Issue {
  id: number;
  nodeId: string;
  repositoryId: number;
  number: number;
  title: string;
  body: string | null;
  author: User;
  app: App | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | 'duplicate' | null;
  isLocked: boolean;
  /** Names of labels of the repository, in the order in which they were put on. */
  labels: string[];
  assignees: User[];
  comments: Comment[];
  reactions: Reaction[];
  events: IssueEvent[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: User | null;
  /** Set by an edit of the body; what GraphQL's `lastEditedAt` and `editor` say. */
  lastEditedAt: string | null;
  editor: User | null;
  pull: PullRequest | null;
}

export interface PullRequest {
  id: number;
  nodeId: string;
  /** `repositoryId` is null once the fork was deleted. */
  head: { repositoryId: number | null; ref: string; sha: string };
  base: { ref: string; sha: string };
  isDraft: boolean;
  mergedAt: string | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  requestedReviewers: User[];
  reviews: Review[];
  reviewComments: ReviewComment[];
}

export interface Comment {
  id: number;
  nodeId: string;
  author: User;
  app: App | null;
  body: string;
  reactions: Reaction[];
  createdAt: string;
  updatedAt: string;
  /** Set by an edit; what GraphQL's `lastEditedAt` and `editor` say. */
  lastEditedAt: string | null;
  editor: User | null;
  isMinimized: boolean;
}

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;

export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  id: number;
  nodeId: string;
  user: User;
  content: ReactionContent;
  createdAt: string;
}

/** One line of an issue's history; what stands below `createdAt` only where the event has one. */
export interface IssueEvent {
  id: number;
  nodeId: string;
  event: string;
  actor: User;
  app: App | null;
  createdAt: string;
  label?: Label;
  assignee?: User;
  commitSha?: string;
  rename?: { from: string; to: string };
  /** Who wrote the comment that was deleted. */
  deletedAuthor?: User;
}

export interface Review {
  id: number;
  nodeId: string;
  author: User;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  commitSha: string;
  reactions: Reaction[];
  /** Null while it is pending. */
  submittedAt: string | null;
  updatedAt: string;
  lastEditedAt: string | null;
}

export interface ReviewComment {
  id: number;
  nodeId: string;
  reviewId: number;
  author: User;
  body: string;
  path: string;
  /** Null for a comment on the whole file. */
  line: number | null;
  startLine: number | null;
  side: 'LEFT' | 'RIGHT';
  diffHunk: string;
  commitSha: string;
  inReplyToId: number | null;
  reactions: Reaction[];
  createdAt: string;
  updatedAt: string;
}

interface WorkflowDispatch {
  /** The workflow run that GitHub made for it. */
  runId: number;
  path: string;
  ref: string;
  inputs: Record<string, unknown>;
  actor: User;
  at: string;
}
