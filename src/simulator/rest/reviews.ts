import { notFound } from '../errors.ts';
import {
  createReview,
  dismissReview,
  reviewWithId,
  submitReview,
  type ReviewEventName,
} from '../operations/reviews.ts';
import { pullOf, reviewCommentPayload, reviewPayload } from '../payloads/pull.ts';
import { actorOf } from '../state.ts';
import { pullIn } from './pulls.ts';
import { actorIn, idParam, ok, page, type RepositoryHandler, type RestRequest } from './request.ts';

interface ReviewBody {
  event?: ReviewEventName;
  body?: string;
  commit_id?: string;
  comments?: {
    path: string;
    position?: number;
    line?: number;
    side?: 'LEFT' | 'RIGHT';
    start_line?: number;
    body: string;
  }[];
}

/** Reviews of pull requests and their comments on lines. */
export const reviewHandlers: Record<string, RepositoryHandler> = {
  'pulls/list-reviews': (request, repository) => {
    const issue = pullIn(request, repository);
    const reviews = pullOf(issue).reviews.filter(
      (review) => review.state !== 'PENDING' || review.author.id === askerId(request),
    );
    return page(request, reviews, (review) => reviewPayload(request.state, repository, issue, review));
  },

  'pulls/create-review': async (request, repository) => {
    const issue = pullIn(request, repository);
    const body = request.body as ReviewBody;
    const review = await createReview(request.state, actorIn(request), repository, issue, {
      event: body.event,
      body: body.body ?? '',
      commitSha: body.commit_id,
      comments: (body.comments ?? []).map((comment) => ({
        path: comment.path,
        line: comment.line ?? comment.position ?? 0,
        body: comment.body,
        ...(comment.side === undefined ? {} : { side: comment.side }),
        ...(comment.start_line === undefined ? {} : { startLine: comment.start_line }),
      })),
    });
    return ok(reviewPayload(request.state, repository, issue, review));
  },

  'pulls/get-review': (request, repository) => {
    const issue = pullIn(request, repository);
    const review = reviewWithId(issue, idParam(request, 'review_id'), askerId(request));
    return ok(reviewPayload(request.state, repository, issue, review));
  },

  'pulls/submit-review': (request, repository) => {
    const issue = pullIn(request, repository);
    const review = reviewWithId(issue, idParam(request, 'review_id'), askerId(request));
    const { event, body } = request.body as { event: ReviewEventName; body?: string };
    submitReview(request.state, actorIn(request), repository, issue, review, { event, body });
    return ok(reviewPayload(request.state, repository, issue, review));
  },

  'pulls/dismiss-review': (request, repository) => {
    const issue = pullIn(request, repository);
    const review = reviewWithId(issue, idParam(request, 'review_id'), askerId(request));
    dismissReview(request.state, actorIn(request), repository, issue, review);
    return ok(reviewPayload(request.state, repository, issue, review));
  },

  'pulls/list-comments-for-review': (request, repository) => {
    const issue = pullIn(request, repository);
    const review = reviewWithId(issue, idParam(request, 'review_id'), askerId(request));
    const comments = pullOf(issue).reviewComments.filter((comment) => comment.reviewId === review.id);
    return page(request, comments, (comment) =>
      reviewCommentPayload(request.state, repository, issue, comment),
    );
  },

  'pulls/list-review-comments': (request, repository) => {
    const issue = pullIn(request, repository);
    return page(request, pullOf(issue).reviewComments, (comment) =>
      reviewCommentPayload(request.state, repository, issue, comment),
    );
  },

  'pulls/get-review-comment': (request, repository) => {
    const id = idParam(request, 'comment_id');
    for (const issue of repository.issues.values()) {
      const comment = issue.pull?.reviewComments.find((entry) => entry.id === id);
      if (comment === undefined) continue;
      return ok(reviewCommentPayload(request.state, repository, issue, comment));
    }
    throw notFound();
  },
};

function askerId(request: RestRequest): number | null {
  return actorOf(request.caller)?.user.id ?? null;
}
