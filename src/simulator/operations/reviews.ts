import { invalid, invalidField, notFound } from '../errors.ts';
import type { Issue, Repository, Review, ReviewComment } from '../model.ts';
import { nodeIdOf } from '../node-ids.ts';
import { pullOf } from '../payloads/pull.ts';
import { nowText, type Actor, type SimulatorState } from '../state.ts';
import { emitReview, emitReviewComment } from './emit.ts';
import { checkBody } from './issues.ts';
import { hunkAround } from './hunks.ts';

export type ReviewEventName = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

export interface ReviewInput {
  /** Absent leaves the review pending. */
  event: ReviewEventName | undefined;
  body: string;
  comments: { path: string; line: number; side?: 'LEFT' | 'RIGHT'; startLine?: number; body: string }[];
  /** The head where absent. */
  commitSha: string | undefined;
}

const STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

/**
 * Reviews a pull request: `pull_request_review.submitted` and one `pull_request_review_comment.created` each.
 * 422 for a verdict on one's own pull request, an empty body where one is needed, a commit that is not of it,
 * and lines outside its diff.
 */
export async function createReview(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  input: ReviewInput,
): Promise<Review> {
  const pull = pullOf(issue);
  const commitSha = input.commitSha ?? pull.head.sha;
  if ((await repository.git.readCommit(commitSha)) === null) {
    throw invalidField('PullRequestReview', 'commit_id', 'invalid');
  }
  checkBody('PullRequestReview', input.body);
  if (input.event !== undefined) checkVerdict(actor, issue, input.event, input.body, input.comments.length);
  const id = state.nextId();
  const at = nowText(state);
  const review: Review = {
    id,
    nodeId: nodeIdOf('review', id),
    author: actor.user,
    body: input.body,
    state: 'PENDING',
    commitSha,
    reactions: [],
    submittedAt: null,
    updatedAt: at,
    lastEditedAt: null,
  };
  const comments = await buildComments(state, actor, repository, issue, review, input.comments);
  pull.reviews.push(review);
  pull.reviewComments.push(...comments);
  if (input.event !== undefined) announce(state, actor, repository, issue, review, input.event);
  return review;
}

/** Submits a pending review of one's own. */
export function submitReview(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
  input: { event: ReviewEventName; body: string | undefined },
): void {
  if (review.state !== 'PENDING' || review.author.id !== actor.user.id) {
    throw invalid('Can not submit a review that is not pending');
  }
  const body = input.body ?? review.body;
  const count = pullOf(issue).reviewComments.filter((entry) => entry.reviewId === review.id).length;
  checkVerdict(actor, issue, input.event, body, count);
  review.body = body;
  announce(state, actor, repository, issue, review, input.event);
}

/** Changes the text of one's own review: `pull_request_review.edited` with the text from before. */
export function editReview(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
  body: string,
): void {
  if (review.author.id !== actor.user.id) throw invalid('Could not update pull request review.');
  checkBody('PullRequestReview', body);
  const from = review.body;
  if (from === body) return;
  review.body = body;
  review.updatedAt = nowText(state);
  review.lastEditedAt = review.updatedAt;
  emitReview(state, actor, repository, issue, review, 'edited', { changes: { body: { from } } });
}

/** Takes back an approval or a request for changes: `pull_request_review.dismissed`. */
export function dismissReview(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
): void {
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw invalid('Can not dismiss a commented pull request review');
  }
  review.state = 'DISMISSED';
  review.updatedAt = nowText(state);
  emitReview(state, actor, repository, issue, review, 'dismissed');
}

/** The review of that id on a pull request, where the asker may see it; throws 404. */
export function reviewWithId(issue: Issue, id: number, askerId: number | null): Review {
  const review = pullOf(issue).reviews.find((entry) => entry.id === id);
  const isHidden = review?.state === 'PENDING' && review.author.id !== askerId;
  if (review === undefined || isHidden) throw notFound();
  return review;
}

function checkVerdict(
  actor: Actor,
  issue: Issue,
  event: ReviewEventName,
  body: string,
  commentCount: number,
): void {
  const isOwn = issue.author.id === actor.user.id;
  if (isOwn && event === 'APPROVE') {
    throw invalid('Unprocessable Entity', ['Can not approve your own pull request']);
  }
  if (isOwn && event === 'REQUEST_CHANGES') {
    throw invalid('Unprocessable Entity', ['Can not request changes on your own pull request']);
  }
  const isBlank = body.trim() === '';
  if (isBlank && (event === 'REQUEST_CHANGES' || (event === 'COMMENT' && commentCount === 0))) {
    throw invalid('Unprocessable Entity', ["Body can't be blank"]);
  }
}

async function buildComments(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
  inputs: ReviewInput['comments'],
): Promise<ReviewComment[]> {
  if (inputs.length === 0) return [];
  const base = await repository.git.getRef(`refs/heads/${pullOf(issue).base.ref}`);
  const { files } = await repository.git.compare(base ?? pullOf(issue).base.sha, review.commitSha);
  return inputs.map((input) => {
    checkBody('PullRequestReviewComment', input.body);
    const file = files.find((entry) => entry.path === input.path);
    if (file === undefined) throw invalid('Unprocessable Entity', ['Path could not be resolved']);
    const side = input.side ?? 'RIGHT';
    const diffHunk = hunkAround(file.patch, input.line, side);
    if (diffHunk === null) throw invalid('Unprocessable Entity', ['Line could not be resolved']);
    const id = state.nextId();
    return {
      id,
      nodeId: nodeIdOf('reviewComment', id),
      reviewId: review.id,
      author: actor.user,
      body: input.body,
      path: input.path,
      line: input.line,
      startLine: input.startLine ?? null,
      side,
      diffHunk,
      commitSha: review.commitSha,
      inReplyToId: null,
      reactions: [],
      createdAt: review.updatedAt,
      updatedAt: review.updatedAt,
    };
  });
}

function announce(
  state: SimulatorState,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  review: Review,
  event: ReviewEventName,
): void {
  review.state = STATES[event];
  review.submittedAt = nowText(state);
  review.updatedAt = review.submittedAt;
  issue.updatedAt = review.submittedAt;
  emitReview(state, actor, repository, issue, review, 'submitted');
  for (const comment of pullOf(issue).reviewComments.filter((entry) => entry.reviewId === review.id)) {
    emitReviewComment(state, actor, repository, issue, comment);
  }
}
