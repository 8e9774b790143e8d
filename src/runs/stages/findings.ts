import { fingerprintOf, isDeclining, isSameFinding } from '../../domain/finding.ts';
import type { Proposal, ProposalOf, ReviewComment } from '../../domain/proposal.ts';
import { findingsIn } from '../../publish/markers.ts';
import type { Checked } from './check.ts';
import type { Prepared } from './prepare.ts';
import { readSmallFile } from './small-file.ts';
import type { Session } from '../session.ts';

/** What became of a finding that an earlier review posted. */
type Fate = 'open' | 'resolved' | 'declined';

interface KnownFinding {
  finding: string;
  fate: Fate;
}

interface Fresh {
  proposals: Proposal[];
  /** What was left out, for people; null where nothing was. */
  remark: string | null;
}

/**
 * Leaves out of reviews what an earlier review of the same agent said of the same code, whatever people made
 * of it since; code that has changed is new. GitHub's own record is asked, so nothing is lost with a database.
 * A review that only comments, and of which nothing remains, is dropped; an approval or a refusal says more.
 */
export async function leaveOutKnown(
  session: Session,
  prepared: Prepared,
  checked: Checked,
): Promise<Checked> {
  const { pullRequest } = prepared;
  const reviews = checked.proposals.filter((proposal) => proposal.kind === 'review');
  if (pullRequest === null || reviews.every(({ comments }) => comments.length === 0)) return checked;
  const { proposals, remark } = await session.journal.step<Fresh>(
    { key: 'findings', kind: 'guard', input: { proposals: checked.proposals } },
    async () => {
      const known = await loadKnown(session, pullRequest.number);
      const marked = await markFindings(session, prepared.agent.name, pullRequest.head.sha, reviews);
      return withoutKnown(checked.proposals, marked, known);
    },
  );
  const { remarks } = session.view;
  session.show({
    proposals,
    // A resumed run comes here again.
    remarks: remark === null || remarks.includes(remark) ? remarks : [...remarks, remark],
  });
  return { ...checked, proposals };
}

/** From our own reviews: their threads, and what hit no line and stands in a body. */
async function loadKnown({ github }: Session, number: number): Promise<KnownFinding[]> {
  const isOurs = (author: { login: string }): boolean => author.login === github.identity.login;
  const threads = await github.listReviewThreads(number);
  const reviews = await github.listReviews(number);
  return [
    ...threads.flatMap(({ isResolved, comments: [first, ...answers] }) => {
      if (first === undefined || !isOurs(first.author)) return [];
      const isDeclined = answers.some(({ author, body }) => !author.isBot && isDeclining(body));
      const fate: Fate = isDeclined ? 'declined' : isResolved ? 'resolved' : 'open';
      return findingsIn(first.body).map((finding) => ({ finding, fate }));
    }),
    ...reviews
      .filter(({ author }) => isOurs(author))
      .flatMap(({ body }) => findingsIn(body).map((finding) => ({ finding, fate: 'open' as const }))),
  ];
}

/** The reviews with a fingerprint on each comment, of the files as they are at the head. */
async function markFindings(
  session: Session,
  agent: string,
  headSha: string,
  reviews: readonly ProposalOf<'review'>[],
): Promise<ProposalOf<'review'>[]> {
  const paths = [...new Set(reviews.flatMap(({ comments }) => comments.map(({ path }) => path)))];
  const texts = new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readSmallFile(session, path, headSha)] as const),
    ),
  );
  const mark = (comment: ReviewComment): ReviewComment => {
    const text = texts.get(comment.path) ?? null;
    const finding = text === null ? null : fingerprintOf({ agent, ...comment }, text);
    return finding === null ? comment : { ...comment, finding };
  };
  return reviews.map((review) => ({ ...review, comments: review.comments.map(mark) }));
}

function withoutKnown(
  proposals: readonly Proposal[],
  marked: readonly ProposalOf<'review'>[],
  known: readonly KnownFinding[],
): Fresh {
  const fates: Fate[] = [];
  const isNew = ({ finding }: ReviewComment): boolean => {
    const before = known.find((one) => finding !== undefined && isSameFinding(one.finding, finding));
    if (before !== undefined) fates.push(before.fate);
    return before === undefined;
  };
  const fresh = proposals.flatMap((proposal): Proposal[] => {
    const review = marked.find(({ id }) => id === proposal.id);
    if (review === undefined) return [proposal];
    const comments = review.comments.filter(isNew);
    const saysNothingNew = review.event === 'COMMENT' && comments.length === 0 && review.comments.length > 0;
    return saysNothingNew ? [] : [{ ...review, comments }];
  });
  return { proposals: fresh, remark: remarkOn(fates) };
}

const FATE_WORDS: Record<Fate, string> = {
  open: 'already there',
  resolved: 'resolved by a person',
  declined: 'declined by a person',
};

function remarkOn(fates: readonly Fate[]): string | null {
  if (fates.length === 0) return null;
  const counts = (['open', 'resolved', 'declined'] as const)
    .map((fate) => ({ words: FATE_WORDS[fate], count: fates.filter((other) => other === fate).length }))
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${count} ${words}`);
  return `Left out of the review, on code that has not changed: ${counts.join(', ')}.`;
}
