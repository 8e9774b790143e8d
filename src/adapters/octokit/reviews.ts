import type { GitHub, ReviewFacts } from '../../ports/github.ts';
import { toActor } from './actor.ts';
import { askGraphql, type Octokit } from './client.ts';
import { collect, type Connection, PAGE_SIZE } from './connection.ts';

type ReviewArea = Pick<GitHub, 'createReview' | 'listReviews' | 'isReviewEdited' | 'listReviewComments'>;

const MAX_REVIEWS = 1000;
const MAX_COMMENTS = 3000;

// A review of REST has no time of its last edit.
const EDITED = `query ($id: ID!) { node(id: $id) { ... on PullRequestReview { lastEditedAt } } }`;

/** Reviews of pull requests and their inline comments. */
export function createReviewArea({ octokit, repository }: Connection): ReviewArea {
  const { pulls } = octokit.rest;
  const at = async (number: number) => ({ ...(await repository.name()), pull_number: number });
  return {
    async createReview(number, { event, body, comments, commitSha }) {
      const answer = await pulls.createReview({
        ...(await at(number)),
        event,
        body,
        commit_id: commitSha,
        comments: comments.map((comment) => ({ ...comment, side: 'RIGHT' })),
      });
      return toReview(answer.data);
    },

    async listReviews(number) {
      const pages = octokit.paginate.iterator(pulls.listReviews, {
        ...(await at(number)),
        per_page: PAGE_SIZE,
      });
      return (await collect(pages, MAX_REVIEWS)).map(toReview);
    },

    async isReviewEdited(nodeId) {
      const { node } = await askGraphql<{ node: { lastEditedAt: string | null } | null }>(
        octokit,
        'reviewEdited',
        EDITED,
        { id: nodeId },
      );
      return node?.lastEditedAt !== null;
    },

    // Not by the review's own list: that one leaves the line out.
    async listReviewComments(number, reviewId) {
      const where = { ...(await at(number)), per_page: PAGE_SIZE };
      const comments = await collect(
        octokit.paginate.iterator(pulls.listReviewComments, where),
        MAX_COMMENTS,
      );
      return comments
        .filter((comment) => comment.pull_request_review_id === reviewId)
        .map((comment) => ({
          path: comment.path,
          line: comment.line ?? comment.original_line ?? 1,
          body: comment.body,
          url: comment.html_url,
        }));
    },
  };
}

type ReviewAnswer = Awaited<ReturnType<Octokit['rest']['pulls']['createReview']>>['data'];

const STATES = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'] as const;

function toReview(review: ReviewAnswer): ReviewFacts {
  return {
    id: review.id,
    nodeId: review.node_id,
    author: toActor(review.user),
    // A state that we don't know approves nothing.
    state: STATES.find((state) => state === review.state) ?? 'COMMENTED',
    body: review.body,
    commitSha: review.commit_id,
    url: review.html_url,
    submittedAt: review.submitted_at ?? '',
  };
}
