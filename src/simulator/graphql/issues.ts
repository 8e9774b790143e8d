import type { Comment, Issue, Repository } from '../model.ts';
import { authorAssociation } from '../payloads/account.ts';
import { commentPayload, issueLabels, issueWebUrl } from '../payloads/issue.ts';
import { accountFields } from './accounts.ts';
import { connection } from './connection.ts';
import type { Fields, GraphqlContext } from './context.ts';
import { reactionList } from './reactions.ts';
import { reviewFields, reviewThreads, threadFields } from './reviews.ts';
import { timelineItems } from './timeline.ts';

/** An `Issue`, or a `PullRequest` for an issue that is one. */
export function issueFields(context: GraphqlContext, repository: Repository, issue: Issue): Fields {
  const toComment = (comment: Comment): Fields => commentFields(context, repository, issue, comment);
  return {
    __typename: 'Issue',
    id: issue.nodeId,
    databaseId: issue.id,
    fullDatabaseId: String(issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    author: accountFields(context, issue.author),
    authorAssociation: authorAssociation(repository, issue.author),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    closed: issue.state === 'closed',
    closedAt: issue.closedAt,
    locked: issue.isLocked,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    lastEditedAt: issue.lastEditedAt,
    includesCreatedEdit: issue.lastEditedAt !== null,
    editor: issue.editor === null ? null : accountFields(context, issue.editor),
    url: issueWebUrl(context.state, repository, issue),
    comments: connection('comments', () => issue.comments, toComment),
    labels: connection(
      'labels',
      () => issueLabels(repository, issue),
      ({ nodeId, name, color, description }) => ({ id: nodeId, name, color, description }),
    ),
    assignees: connection(
      'assignees',
      () => issue.assignees,
      (user) => accountFields(context, user),
    ),
    timelineItems: timelineItems(context, issue),
    ...reactionList(context, issue.reactions),
    ...pullFields(context, repository, issue),
  };
}

/** An `IssueComment`, on an issue or a pull request. */
export function commentFields(
  context: GraphqlContext,
  repository: Repository,
  issue: Issue,
  comment: Comment,
): Fields {
  return {
    __typename: 'IssueComment',
    id: comment.nodeId,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: accountFields(context, comment.author),
    authorAssociation: authorAssociation(repository, comment.author),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.lastEditedAt,
    includesCreatedEdit: comment.lastEditedAt !== null,
    editor: comment.editor === null ? null : accountFields(context, comment.editor),
    isMinimized: comment.isMinimized,
    url: commentPayload(context.state, repository, issue, comment).html_url,
    viewerDidAuthor: comment.author === context.actor.user,
    ...reactionList(context, comment.reactions),
  };
}

function pullFields(context: GraphqlContext, repository: Repository, issue: Issue): Fields {
  const { pull } = issue;
  if (pull === null) return {};
  const isMerged = pull.mergedAt !== null;
  return {
    __typename: 'PullRequest',
    id: pull.nodeId,
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    state: isMerged ? 'MERGED' : issue.state.toUpperCase(),
    isDraft: pull.isDraft,
    merged: isMerged,
    mergedAt: pull.mergedAt,
    headRefName: pull.head.ref,
    headRefOid: pull.head.sha,
    baseRefName: pull.base.ref,
    baseRefOid: pull.base.sha,
    isCrossRepository: pull.head.repositoryId !== repository.id,
    reviews: connection(
      'reviews',
      () => pull.reviews.filter((entry) => entry.state !== 'PENDING' || entry.author === context.actor.user),
      (review) => reviewFields(context, repository, issue, review),
    ),
    reviewThreads: connection(
      'reviewThreads',
      () => reviewThreads(pull),
      (thread) => threadFields(context, repository, issue, thread),
    ),
  };
}
