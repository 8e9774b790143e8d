import { MusterError } from '../domain/errors.ts';
import type { GitHub, PullRequestFacts } from '../ports/github.ts';

type DraftApi = Pick<GitHub, 'getPullRequest' | 'markReadyForReview' | 'convertToDraft'>;

/** `stale`: the head is another than the one that was approved, and the pull request stays a draft. */
export type FinishOutcome = { kind: 'ready' } | { kind: 'stale'; headSha: string } | { kind: 'closed' };

/**
 * Marks an approved draft ready for review, if its head is still `sha`. GitHub has no compare-and-swap for
 * it: the head is read again afterwards, and the pull request converted back where it moved. Idempotent.
 */
export async function finishPullRequest(
  github: DraftApi,
  number: number,
  sha: string,
): Promise<FinishOutcome> {
  const before = await github.getPullRequest(number);
  if (before === null || before.state === 'closed') return { kind: 'closed' };
  if (before.head.sha !== sha) return await holdStale(github, before);
  if (!before.isDraft) return { kind: 'ready' };
  await github.markReadyForReview(before.nodeId);
  const after = await github.getPullRequest(number);
  if (after === null || after.state === 'closed') return { kind: 'closed' };
  return after.head.sha === sha ? { kind: 'ready' } : await holdStale(github, { ...after, isDraft: false });
}

async function holdStale(github: DraftApi, pull: PullRequestFacts): Promise<FinishOutcome> {
  if (!pull.isDraft) {
    try {
      await github.convertToDraft(pull.nodeId);
    } catch (error) {
      // Where drafts are not to be had the pull request was ready all the time, and the gate holds it.
      if (!(error instanceof MusterError) || error.code !== 'github_invalid') throw error;
    }
  }
  return { kind: 'stale', headSha: pull.head.sha };
}

/** Closes a pull request of ours that was rejected or has expired, and keeps its branch; false where not. */
export async function closeDraft(
  github: Pick<GitHub, 'identity' | 'getPullRequest' | 'closePullRequest'>,
  number: number,
): Promise<boolean> {
  const pull = await github.getPullRequest(number);
  if (pull === null || pull.state === 'closed' || pull.author.login !== github.identity.login) return false;
  await github.closePullRequest(number);
  return true;
}
