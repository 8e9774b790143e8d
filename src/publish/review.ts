import type { Receipt } from '../domain/effect.ts';
import { MusterError } from '../domain/errors.ts';
import type { ProposalOf, ReviewComment, ReviewEvent } from '../domain/proposal.ts';
import type { GitHub, ReviewFacts } from '../ports/github.ts';
import { linesInDiff } from './diff-lines.ts';
import { codeSpan, cutMarkdown } from './markdown.ts';
import { effectMarker, findingMarker, isMarkedByUs, stripMarkers } from './markers.ts';
import { MAX_BODY, signedText } from './signed-text.ts';
import type { Effector, PublishTarget } from './target.ts';

type Api = Pick<
  GitHub,
  'identity' | 'listReviews' | 'listReviewComments' | 'listPullRequestFiles' | 'createReview'
>;
type ReviewProposal = ProposalOf<'review'>;

const STATES: Record<ReviewEvent, ReviewFacts['state']> = {
  COMMENT: 'COMMENTED',
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
};

/** A review of the subject's pull request at the head that the run read. */
export const reviewEffector: Effector<ReviewProposal, Api> = {
  canBeFound: true,

  async find(target, proposal) {
    const own = await findReview(target, proposal);
    return own === undefined ? null : receiptOf(own);
  },

  async perform(target, proposal) {
    const { inline, rest } = await partition(target, proposal.comments);
    try {
      return receiptOf(await createReview(target, proposal, inline, rest));
    } catch (error) {
      // One comment that doesn't fit (the head has moved) refuses the whole review: all go to the body.
      const isRefused = error instanceof MusterError && error.code === 'github_invalid';
      if (!isRefused || inline.length === 0) throw error;
      return receiptOf(await createReview(target, proposal, [], proposal.comments));
    }
  },

  async verify(target, proposal, receipt) {
    const review = await findReview(target, proposal);
    if (review === undefined || String(review.id) !== receipt.id) return false;
    if (![STATES[proposal.event], 'DISMISSED'].includes(review.state)) return false;
    if (review.commitSha !== target.headSha) return false;
    const inline = await target.github.listReviewComments(target.subject.number, review.id);
    const moved = proposal.comments.filter((comment) => review.body.includes(placeOf(comment)));
    return inline.length + moved.length >= proposal.comments.length;
  },
};

async function findReview(
  target: PublishTarget<Api>,
  proposal: ReviewProposal,
): Promise<ReviewFacts | undefined> {
  const marker = effectMarker(target.runId, proposal.id);
  const reviews = await target.github.listReviews(target.subject.number);
  return reviews.find((review) => isMarkedByUs(review, target.github.identity, marker));
}

async function partition(
  target: PublishTarget<Api>,
  comments: readonly ReviewComment[],
): Promise<{ inline: ReviewComment[]; rest: ReviewComment[] }> {
  const files = comments.length === 0 ? [] : await target.github.listPullRequestFiles(target.subject.number);
  const lines = new Map(files.map((file) => [file.path, linesInDiff(file.patch ?? '')]));
  const fits = (comment: ReviewComment): boolean => lines.get(comment.path)?.has(comment.line) ?? false;
  return { inline: comments.filter(fits), rest: comments.filter((comment) => !fits(comment)) };
}

function createReview(
  target: PublishTarget<Api>,
  proposal: ReviewProposal,
  inline: readonly ReviewComment[],
  rest: readonly ReviewComment[],
): Promise<ReviewFacts> {
  if (target.headSha === null) {
    throw new MusterError('no_pull_request', 'a review needs a pull request as its subject');
  }
  return target.github.createReview(target.subject.number, {
    event: proposal.event,
    body: signedText(withRest(proposal.body, rest), target, proposal.id, rest.flatMap(markersOf).join('\n')),
    comments: inline.map((comment) => ({
      path: comment.path,
      line: comment.line,
      body: markedBody(comment),
    })),
    commitSha: target.headSha,
  });
}

/** A comment's text over the marker that it is known again by. */
function markedBody(comment: ReviewComment): string {
  const tail = markersOf(comment)
    .map((marker) => `\n\n${marker}`)
    .join('');
  return cutMarkdown(stripMarkers(comment.body), MAX_BODY - tail.length) + tail;
}

function markersOf({ finding }: ReviewComment): string[] {
  return finding === undefined ? [] : [findingMarker(finding)];
}

/** The review's text with the comments that hit no line of the diff, so that none is lost. */
function withRest(body: string, rest: readonly ReviewComment[]): string {
  if (rest.length === 0) return body;
  const quoted = rest.map((comment) => `${placeOf(comment)}\n\n${quotedLines(comment.body)}`);
  return [cutMarkdown(body, MAX_BODY / 2), '**On lines outside the diff**', ...quoted].join('\n\n');
}

function quotedLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function placeOf(comment: ReviewComment): string {
  return codeSpan(`${comment.path}:${comment.line}`);
}

function receiptOf(review: ReviewFacts): Receipt {
  return { id: String(review.id), url: review.url, sha: review.commitSha };
}
