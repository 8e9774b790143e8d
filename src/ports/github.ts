import type { Actor, AppIdentity } from '../domain/actor.ts';
import type { PermissionLevel } from '../domain/permission.ts';
import type { FileMode, ReviewComment, ReviewEvent } from '../domain/proposal.ts';
import type { Tenant, TenantId } from '../domain/tenant.ts';
import type { ChangeFacts } from './github-changes.ts';
import type { CheckFacts, CheckContent } from './github-checks.ts';

/*
 * What Muster asks of GitHub, and no more. Every method throws `MusterError`: `github_not_found`,
 * `github_forbidden` (permission), `github_limited` (primary or secondary limit; retryable,
 * `value.retryAfterMs`), `github_invalid` (422, with GitHub's words), `github_unauthorized`,
 * `github_unavailable` (5xx, reset; retryable). Reads that may find nothing return null instead.
 */

export interface RepositoryFacts {
  id: TenantId;
  owner: string;
  name: string;
  defaultBranch: string;
  isPrivate: boolean;
  isArchived: boolean;
  cloneUrl: string;
  url: string;
}

export interface IssueFacts {
  number: number;
  nodeId: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  author: Actor;
  labels: string[];
  /** Logins. */
  assignees: string[];
  isPullRequest: boolean;
  url: string;
  updatedAt: string;
}

export interface CommentFacts {
  id: number;
  nodeId: string;
  body: string;
  author: Actor;
  url: string;
  createdAt: string;
  updatedAt: string;
}

export interface PullRequestFacts {
  number: number;
  nodeId: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  isDraft: boolean;
  isMerged: boolean;
  author: Actor;
  /** `repositoryId` is null where the fork was deleted. */
  head: { sha: string; ref: string; repositoryId: TenantId | null };
  base: { sha: string; ref: string };
  url: string;
  updatedAt: string;
}

export interface PullRequestFile {
  path: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  /** Unified diff hunks; absent for binary and very large files. */
  patch: string | null;
  additions: number;
  deletions: number;
}

export interface ReviewFacts {
  id: number;
  nodeId: string;
  author: Actor;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  body: string;
  commitSha: string | null;
  url: string;
  submittedAt: string;
}

/** A discussion on a line of a pull request. */
export interface ReviewThreadFacts {
  isResolved: boolean;
  /** The remark that it began with, then the answers, oldest first. */
  comments: { author: Actor; body: string }[];
}

export interface TreeEntry {
  path: string;
  mode: FileMode;
  /** Null removes the path. */
  blobSha: string | null;
}

export interface LabelEventFacts {
  id: number;
  actor: Actor;
  createdAt: string;
}

/** GitHub, for one tenant, with a token scoped to it. */
export interface GitHub {
  readonly identity: AppIdentity;
  readonly tenant: Tenant;
  /** A token for git over HTTP, valid for at least ten minutes. */
  gitToken(): Promise<string>;

  getRepository(): Promise<RepositoryFacts>;
  /** Text of a file at a ref (default branch when null); null where it doesn't exist. */
  readFile(path: string, ref: string | null): Promise<string | null>;
  /** Paths of the files directly in a folder; empty where it doesn't exist. */
  listFolder(path: string, ref: string | null): Promise<string[]>;
  /** `none` for people without access; throws where GitHub can't say. */
  permissionOf(login: string): Promise<PermissionLevel>;

  getIssue(number: number): Promise<IssueFacts | null>;
  listComments(number: number, since: string | null): Promise<CommentFacts[]>;
  getComment(commentId: number): Promise<CommentFacts | null>;
  /** Who last changed texts of issues, pull requests and comments, by node id; what nobody changed is left out. */
  lastEditors(nodeIds: readonly string[]): Promise<Map<string, Actor>>;
  createComment(number: number, body: string): Promise<CommentFacts>;
  updateComment(commentId: number, body: string): Promise<CommentFacts>;
  /** By node id (issue, pull request, comment, review); repeating it is harmless. */
  react(nodeId: string, content: 'eyes' | 'confused'): Promise<void>;
  listLabels(): Promise<string[]>;
  addLabels(number: number, labels: string[]): Promise<void>;
  /** False where it was not there. */
  removeLabel(number: number, label: string): Promise<boolean>;
  /** The newest `labeled` event of that label on the issue. */
  lastLabelEvent(number: number, label: string): Promise<LabelEventFacts | null>;
  /** What was changed on an issue or pull request at or after `since`, oldest first. */
  listChanges(number: number, since: string): Promise<ChangeFacts[]>;
  createIssue(title: string, body: string, labels: string[]): Promise<IssueFacts>;
  /** Issues and pull requests in any state, updated at or after `since`. */
  listIssues(since: string): Promise<IssueFacts[]>;
  /** Issues (no pull requests) in any state that `login` opened, updated at or after `since`. */
  listIssuesBy(login: string, since: string): Promise<IssueFacts[]>;
  closeIssue(number: number, reason: 'completed' | 'not_planned'): Promise<void>;
  assign(number: number, logins: string[]): Promise<string[]>;

  getPullRequest(number: number): Promise<PullRequestFacts | null>;
  listPullRequestFiles(number: number): Promise<PullRequestFile[]>;
  /** In any state, by head branch of this repository, newest first. */
  findPullRequests(headRef: string): Promise<PullRequestFacts[]>;
  createPullRequest(input: {
    title: string;
    body: string;
    headRef: string;
    baseRef: string;
    isDraft: boolean;
  }): Promise<PullRequestFacts>;
  /** What is absent stays. */
  editPullRequest(number: number, texts: { title?: string; body?: string }): Promise<void>;
  closePullRequest(number: number): Promise<void>;
  markReadyForReview(nodeId: string): Promise<void>;
  convertToDraft(nodeId: string): Promise<void>;
  /** Refused (`github_invalid`) where the head is no longer `sha`. */
  mergePullRequest(number: number, sha: string): Promise<void>;
  createReview(
    number: number,
    input: { event: ReviewEvent; body: string; comments: ReviewComment[]; commitSha: string },
  ): Promise<ReviewFacts>;
  listReviews(number: number): Promise<ReviewFacts[]>;
  /** Whether anybody has changed its text since it was submitted. */
  isReviewEdited(nodeId: string): Promise<boolean>;
  listReviewComments(number: number, reviewId: number): Promise<(ReviewComment & { url: string })[]>;
  /** Oldest first; of a thread at most its first hundred comments. */
  listReviewThreads(number: number): Promise<ReviewThreadFacts[]>;

  /** The commit that a full ref (`refs/heads/main`) points at. */
  getRef(ref: string): Promise<string | null>;
  createRef(ref: string, sha: string): Promise<void>;
  updateRef(ref: string, sha: string, isForced: boolean): Promise<void>;
  /** Wherever the commit comes from, but only while the ref points at `before`; else `github_invalid`. */
  replaceRef(ref: string, before: string, sha: string): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  createBlob(content: string, encoding: 'utf-8' | 'base64'): Promise<string>;
  /** Without a base, the tree of these entries alone. */
  createTree(baseTreeSha: string | null, entries: TreeEntry[]): Promise<string>;
  /** Without author and committer, so that GitHub signs it as the App; without parents, one that begins a history. */
  createCommit(message: string, treeSha: string, parents: string[]): Promise<string>;
  getCommit(
    sha: string,
  ): Promise<{ sha: string; treeSha: string; message: string; isVerified: boolean } | null>;

  createCheck(name: string, headSha: string, content: CheckContent): Promise<CheckFacts>;
  updateCheck(checkId: number, content: CheckContent): Promise<CheckFacts>;
  /** Every check run of a head, by every App; the newest of each name. */
  listChecks(headSha: string): Promise<CheckFacts[]>;
  /** The log of a check run, or its output where it has no log. */
  readCheckLog(checkRunId: number): Promise<string | null>;
  /** The workflow run that it started (`return_run_details`); null where the server doesn't say. */
  dispatchWorkflow(
    workflow: string,
    ref: string,
    inputs: Record<string, string>,
  ): Promise<{ id: number; url: string } | null>;
}

/** How a host reaches GitHub. */
export interface GitHubAccess {
  /**
   * With `keep`, under a token that nobody else uses: `keep` is given it before its first use, sealed for the
   * processes of this App, and refuses it by throwing. Without, the tenant's work in this process shares one.
   */
  forTenant(tenant: Tenant, keep?: (sealedToken: string) => Promise<void>): Promise<GitHub>;
  /** Ends tokens that `keep` was given: whoever still works with one is refused from then on. Repeatable. */
  revoke(sealedTokens: readonly string[]): Promise<void>;
  /**
   * Whether GitHub lets us work on the repository now: asked anew, whatever is cached. Throws only what may
   * pass.
   */
  reaches(tenant: Tenant): Promise<boolean>;
}

/** One attempt of GitHub at telling the App something. */
export interface DeliveryFacts {
  /** Of the attempt, in digits: larger than a number can hold. */
  id: string;
  /** `X-GitHub-Delivery`: a redelivery keeps it. */
  guid: string;
  event: string;
  /** ISO 8601. */
  deliveredAt: string;
  /** GitHub's words, e.g. `OK`, `timed out`, `pending`. */
  status: string;
}

/** GitHub's own list of what it delivered to the App; it goes back about three days. */
export interface HookDeliveries {
  /** A page of attempts, newest first. `cursor` is the `next` of the page before, null for the newest. */
  list(
    which: 'all' | 'failed',
    cursor: string | null,
  ): Promise<{ deliveries: DeliveryFacts[]; next: string | null }>;
  /** The body of an attempt as JSON text; null where GitHub has it no longer. */
  readBody(id: string): Promise<string | null>;
}
