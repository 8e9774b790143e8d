import type { Receipt } from '../domain/effect.ts';
import { MusterError } from '../domain/errors.ts';
import type { ProposalOf, ReviewComment, ReviewEvent } from '../domain/proposal.ts';
import type { GitHub, ReviewFacts } from '../ports/github.ts';
import { linesInDiff } from './diff-lines.ts';
import { codeSpan, cutMarkdown, wholeOf } from './markdown.ts';
import {
  effectMarker,
  findingMarker,
  isMarkedByUs,
  leftOutIn,
  leftOutMarker,
  stripMarkers,
} from './markers.ts';
import { closersOf } from './open-blocks.ts';
import { isUncut, MAX_BODY, MAX_UNCUT, signedText } from './signed-text.ts';
import type { Effector, PublishTarget, Signature } from './target.ts';

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

/** The review with all of its comments in one text; null where GitHub takes that in one piece. */
export function wholeReview({ body, comments }: ReviewProposal): string | null {
  const text = stripMarkers(body).trim();
  const all = [
    text + closersOf(text),
    ...(comments.length === 0 ? [] : [ALL_LINES]),
    ...comments.map(placed),
  ];
  const whole = all.join('\n\n');
  return isUncut(whole, marksOf(comments)) ? null : whole;
}

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
  const { text, closing } = withRest(target, proposal.body, rest);
  return target.github.createReview(target.subject.number, {
    event: proposal.event,
    body: signedText(text, target, proposal.id, closing),
    comments: inline.map((comment) => ({
      path: comment.path,
      line: comment.line,
      body: markedBody(target, comment),
    })),
    commitSha: target.headSha,
  });
}

/** A comment's text over the marker that it is known again by. */
function markedBody({ runId, wholeUrl }: Signature, comment: ReviewComment): string {
  const tail = markersOf(comment)
    .map((marker) => `\n\n${marker}`)
    .join('');
  const room = MAX_BODY - tail.length;
  return cutMarkdown(stripMarkers(comment.body), room, 'characters', wholeOf(runId, wholeUrl)) + tail;
}

function markersOf({ finding }: ReviewComment): string[] {
  return finding === undefined ? [] : [findingMarker(finding)];
}

function marksOf(comments: readonly ReviewComment[]): string {
  return comments.flatMap(markersOf).join('\n');
}

const OTHER_LINES = '**On lines outside the diff**';
const ALL_LINES = '**On lines of the diff, and outside it**';

/**
 * The review's text with the comments that hit no line of the diff, as many as GitHub takes. Under it their
 * marks: one that is left out has none, so that a later review may say it.
 */
function withRest(
  { runId, wholeUrl }: Signature,
  body: string,
  rest: readonly ReviewComment[],
): { text: string; closing: string } {
  if (rest.length === 0) return { text: body, closing: '' };
  const where = wholeOf(runId, wholeUrl);
  const text = cutMarkdown(stripMarkers(body).trim(), roomBeside(rest), 'characters', where);
  const parts = [text, OTHER_LINES];
  const shown: ReviewComment[] = [];
  for (const comment of rest) {
    const part = placed(comment);
    if (!isUncut([...parts, part].join('\n\n'), marksOf([...shown, comment]))) continue;
    parts.push(part);
    shown.push(comment);
  }
  const left = rest.length - shown.length;
  if (left === 0) return { text: parts.join('\n\n'), closing: marksOf(shown) };
  parts.push(`*${left} more comments have no room here. ${where}*`);
  return { text: parts.join('\n\n'), closing: `${marksOf(shown)}\n${leftOutMarker(left)}`.trim() };
}

/** What the text may take: what the comments leave of it, and at least half. */
function roomBeside(comments: readonly ReviewComment[]): number {
  const said = [OTHER_LINES, ...comments.map(placed)].join('\n\n');
  const taken = said.length + closersOf(said).length + marksOf(comments).length + 2;
  return Math.max(MAX_BODY / 2, MAX_UNCUT - taken);
}

/** A comment under its place, quoted line by line. */
function placed(comment: ReviewComment): string {
  const lines = stripMarkers(comment.body).trim().split('\n');
  return [`${placeOf(comment)}\n`, ...lines.map((line) => `> ${line}`.trimEnd())].join('\n');
}

function placeOf(comment: ReviewComment): string {
  return codeSpan(`${comment.path}:${comment.line}`);
}

function receiptOf(review: ReviewFacts): Receipt {
  return { id: String(review.id), url: review.url, sha: review.commitSha };
}
