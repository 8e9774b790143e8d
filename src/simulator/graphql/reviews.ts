import type { Issue, PullRequest, Repository, Review, ReviewComment, User } from '../model.ts';
import { pullOf, reviewCommentPayload, reviewPayload } from '../payloads/pull.ts';
import { accountFields } from './accounts.ts';
import { connection } from './connection.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { commitFields } from './git-objects.ts';
import { reactionList } from './reactions.ts';

/** A discussion on lines of a diff: its first comment and the replies. */
export interface ReviewThread {
  id: string;
  root: ReviewComment;
  comments: ReviewComment[];
}

/** Who resolved the thread that a comment began; absent for open ones. */
const resolvedBy = new WeakMap<ReviewComment, User>();

/** The threads of a pull request, oldest first, without those of pending reviews. */
export function reviewThreads(pull: PullRequest): ReviewThread[] {
  const pending = new Set(
    pull.reviews.filter((review) => review.state === 'PENDING').map((review) => review.id),
  );
  const shown = pull.reviewComments.filter((comment) => !pending.has(comment.reviewId));
  return shown
    .filter((comment) => comment.inReplyToId === null)
    .map((root) => ({
      id: `PRRT_${Buffer.from(`reviewThread:${root.id}`).toString('base64url')}`,
      root,
      comments: shown.filter((comment) => comment === root || comment.inReplyToId === root.id),
    }));
}

/** Marks a thread resolved; false where it was so already. */
export function resolveThread(thread: ReviewThread, user: User): boolean {
  if (resolvedBy.has(thread.root)) return false;
  resolvedBy.set(thread.root, user);
  return true;
}

/** A `PullRequestReviewThread`. */
export function threadFields(
  context: GraphqlContext,
  repository: Repository,
  issue: Issue,
  thread: ReviewThread,
): Fields {
  const { root } = thread;
  const resolver = resolvedBy.get(root);
  const toNode = (comment: ReviewComment): Fields => reviewCommentFields(context, repository, issue, comment);
  return {
    __typename: 'PullRequestReviewThread',
    id: thread.id,
    isResolved: resolver !== undefined,
    isCollapsed: resolver !== undefined,
    isOutdated: root.commitSha !== pullOf(issue).head.sha,
    resolvedBy: resolver === undefined ? null : accountFields(context, resolver),
    path: root.path,
    line: root.line,
    startLine: root.startLine,
    diffSide: root.side,
    subjectType: root.line === null ? 'FILE' : 'LINE',
    comments: connection('comments', () => thread.comments, toNode),
  };
}

/** A `PullRequestReviewComment`. */
export function reviewCommentFields(
  context: GraphqlContext,
  repository: Repository,
  issue: Issue,
  comment: ReviewComment,
): Fields {
  const parent = pullOf(issue).reviewComments.find((entry) => entry.id === comment.inReplyToId);
  return {
    __typename: 'PullRequestReviewComment',
    id: comment.nodeId,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: accountFields(context, comment.author),
    path: comment.path,
    line: comment.line,
    startLine: comment.startLine,
    subjectType: comment.line === null ? 'FILE' : 'LINE',
    diffHunk: comment.diffHunk,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    url: reviewCommentPayload(context.state, repository, issue, comment).html_url,
    viewerDidAuthor: comment.author === context.actor.user,
    replyTo: parent === undefined ? null : () => reviewCommentFields(context, repository, issue, parent),
    commit: () => commitFields(context, repository, comment.commitSha),
    ...reactionList(context, comment.reactions),
  };
}

/** A `PullRequestReview`. */
export function reviewFields(
  context: GraphqlContext,
  repository: Repository,
  issue: Issue,
  review: Review,
): Fields {
  const comments = (): ReviewComment[] =>
    pullOf(issue).reviewComments.filter((comment) => comment.reviewId === review.id);
  return {
    __typename: 'PullRequestReview',
    id: review.nodeId,
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    body: review.body,
    state: review.state,
    author: accountFields(context, review.author),
    submittedAt: review.submittedAt,
    updatedAt: review.updatedAt,
    lastEditedAt: review.lastEditedAt,
    includesCreatedEdit: review.lastEditedAt !== null,
    url: reviewPayload(context.state, repository, issue, review).html_url,
    viewerDidAuthor: review.author === context.actor.user,
    commit: () => commitFields(context, repository, review.commitSha),
    comments: connection('comments', comments, (comment) =>
      reviewCommentFields(context, repository, issue, comment),
    ),
    ...reactionList(context, review.reactions),
  };
}
