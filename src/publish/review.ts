import type { Receipt } from '../domain/effect.ts';
import { MusterError } from '../domain/errors.ts';
import type { ProposalOf, ReviewComment, ReviewEvent } from '../domain/proposal.ts';
import type { GitHub, ReviewFacts } from '../ports/github.ts';
import { linesInDiff } from './diff-lines.ts';
import { codeSpan, cutMarkdown } from './markdown.ts';
import {
  effectMarker,
  findingMarker,
  isMarkedByUs,
  leftOutIn,
  leftOutMarker,
  stripMarkers,
} from './markers.ts';
import { closersOf } from './open-blocks.ts';
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
    return inline.length + moved.length + leftOutIn(review.body) >= proposal.comments.length;
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
  const { text, closing } = withRest(proposal.body, rest);
  return target.github.createReview(target.subject.number, {
    event: proposal.event,
    body: signedText(text, target, proposal.id, closing),
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

/** Room for the line that says who wrote it, the markers, and the number of comments that are left out. */
const MAX_TAIL = 1000;

/**
 * The review's text with the comments that hit no line of the diff, as many as GitHub takes. Under it their
 * marks: one that is left out has none, so that a later review may say it.
 */
function withRest(body: string, rest: readonly ReviewComment[]): { text: string; closing: string } {
  if (rest.length === 0) return { text: body, closing: '' };
  const parts = [cutMarkdown(stripMarkers(body), MAX_BODY / 2), '**On lines outside the diff**'];
  const marks: string[] = [];
  let left = 0;
  for (const comment of rest) {
    const more = [...parts, `${placeOf(comment)}\n\n${quotedLines(stripMarkers(comment.body))}`];
    const moreMarks = [...marks, ...markersOf(comment)];
    const text = more.join('\n\n');
    if (text.length + closersOf(text).length + moreMarks.join('\n').length > MAX_BODY - MAX_TAIL) {
      left += 1;
      continue;
    }
    parts.push(...more.slice(-1));
    marks.push(...markersOf(comment));
  }
  if (left > 0) {
    parts.push(`*${left} more comments have no room here.*`);
    marks.push(leftOutMarker(left));
  }
  return { text: parts.join('\n\n'), closing: marks.join('\n') };
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
