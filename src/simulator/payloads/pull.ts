import type { Issue, PullRequest, Repository, Review, ReviewComment } from '../model.ts';
import type { SimulatorState } from '../state.ts';
import { authorAssociation, userPayload, type Payload } from './account.ts';
import { issueLabels, issueWebUrl, labelPayload, reactionSummary } from './issue.ts';
import { apiUrl, repositoryPayload } from './repository.ts';

/** What the server must ask git for, beside the state. */
export interface PullMeasures {
  mergeable: boolean;
  isBlocked: boolean;
  commits: number;
  changedFiles: number;
  additions: number;
  deletions: number;
}

/** A pull request; `issue.pull` must be set. The short form, as lists and webhooks carry it. */
export function pullPayload(state: SimulatorState, repository: Repository, issue: Issue): Payload {
  const pull = pullOf(issue);
  const api = `${apiUrl(state, repository)}/pulls/${issue.number}`;
  const issueApi = `${apiUrl(state, repository)}/issues/${issue.number}`;
  const web = issueWebUrl(state, repository, issue);
  const [first = null] = issue.assignees;
  return {
    url: api,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issueApi,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${apiUrl(state, repository)}/pulls/comments{/number}`,
    comments_url: `${issueApi}/comments`,
    statuses_url: `${apiUrl(state, repository)}/statuses/${pull.head.sha}`,
    number: issue.number,
    state: issue.state,
    locked: issue.isLocked,
    active_lock_reason: null,
    title: issue.title,
    user: userPayload(state, issue.author),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: first === null ? null : userPayload(state, first),
    assignees: issue.assignees.map((user) => userPayload(state, user)),
    requested_reviewers: pull.requestedReviewers.map((user) => userPayload(state, user)),
    requested_teams: [],
    labels: issueLabels(repository, issue).map((label) => labelPayload(state, repository, label)),
    milestone: null,
    draft: pull.isDraft,
    head: headPayload(state, pull),
    base: sidePayload(state, repository, pull.base.ref, pull.base.sha),
    _links: linksPayload(api, issueApi, web, `${apiUrl(state, repository)}/statuses/${pull.head.sha}`),
    author_association: authorAssociation(repository, issue.author),
    auto_merge: null,
  };
}

/** The long form that `GET /pulls/{number}` and `pull_request` webhooks carry. */
export function fullPullPayload(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
  measures: PullMeasures,
): Payload {
  const pull = pullOf(issue);
  const isMerged = pull.mergedAt !== null;
  return {
    ...pullPayload(state, repository, issue),
    merged: isMerged,
    mergeable: isMerged ? null : measures.mergeable,
    rebaseable: isMerged ? null : measures.mergeable,
    mergeable_state: isMerged ? 'unknown' : mergeableState(pull, measures),
    merged_by: pull.mergedBy === null ? null : userPayload(state, pull.mergedBy),
    comments: issue.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: measures.commits,
    additions: measures.additions,
    deletions: measures.deletions,
    changed_files: measures.changedFiles,
  };
}

/** A review. Webhooks write its state in small letters. */
export function reviewPayload(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
  review: Review,
): Payload {
  const api = `${apiUrl(state, repository)}/pulls/${issue.number}`;
  const web = `${issueWebUrl(state, repository, issue)}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: review.nodeId,
    user: userPayload(state, review.author),
    body: review.body,
    state: review.state,
    html_url: web,
    pull_request_url: api,
    _links: { html: { href: web }, pull_request: { href: api } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitSha,
    author_association: authorAssociation(repository, review.author),
  };
}

/** A comment on a line of a pull request's diff. */
export function reviewCommentPayload(
  state: SimulatorState,
  repository: Repository,
  issue: Issue,
  comment: ReviewComment,
): Payload {
  const api = `${apiUrl(state, repository)}/pulls/comments/${comment.id}`;
  const pullApi = `${apiUrl(state, repository)}/pulls/${issue.number}`;
  const web = `${issueWebUrl(state, repository, issue)}#discussion_r${comment.id}`;
  return {
    url: api,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: comment.nodeId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitSha,
    original_commit_id: comment.commitSha,
    user: userPayload(state, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: web,
    pull_request_url: pullApi,
    author_association: authorAssociation(repository, comment.author),
    _links: { self: { href: api }, html: { href: web }, pull_request: { href: pullApi } },
    reactions: reactionSummary(api, comment.reactions),
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startLine === null ? null : comment.side,
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line }),
    side: comment.side,
    position: comment.line ?? 1,
    original_position: comment.line ?? 1,
    subject_type: comment.line === null ? 'file' : 'line',
    ...(comment.inReplyToId === null ? {} : { in_reply_to_id: comment.inReplyToId }),
  };
}

/** The pull request of an issue that is one. */
export function pullOf(issue: Issue): PullRequest {
  if (issue.pull === null) throw new Error(`#${issue.number} is no pull request`);
  return issue.pull;
}

function mergeableState(pull: PullRequest, measures: PullMeasures): string {
  if (!measures.mergeable) return 'dirty';
  if (pull.isDraft) return 'draft';
  return measures.isBlocked ? 'blocked' : 'clean';
}

function headPayload(state: SimulatorState, pull: PullRequest): Payload {
  const { repositoryId, ref, sha } = pull.head;
  const repository = repositoryId === null ? undefined : state.repositories.get(repositoryId);
  if (repository === undefined) return { label: `unknown:${ref}`, ref, sha, user: null, repo: null };
  return sidePayload(state, repository, ref, sha);
}

function sidePayload(state: SimulatorState, repository: Repository, ref: string, sha: string): Payload {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: userPayload(state, repository.owner),
    repo: repositoryPayload(state, repository),
  };
}

function linksPayload(api: string, issueApi: string, web: string, statuses: string): Payload {
  const links = {
    self: api,
    html: web,
    issue: issueApi,
    comments: `${issueApi}/comments`,
    review_comments: `${api}/comments`,
    review_comment: `${api.replace(/\/\d+$/, '')}/comments{/number}`,
    commits: `${api}/commits`,
    statuses,
  };
  return Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }]));
}
