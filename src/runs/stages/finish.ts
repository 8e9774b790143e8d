import type { Effect } from '../../domain/effect.ts';
import { MusterError } from '../../domain/errors.ts';
import type { RunState } from '../../domain/run.ts';
import { finishPullRequest, type FinishOutcome } from '../../publish/draft.ts';
import { wasTakenBack } from '../../publish/undone.ts';
import { carryOut } from '../effects.ts';
import { showEffect } from './publish.ts';
import type { Session } from '../session.ts';

/** Makes the draft ready for review, at the very commit that was approved. */
export async function finishDraft(session: Session, number: number, sha: string): Promise<Effect> {
  const isReady = async () => {
    const pullRequest = await session.github.getPullRequest(number);
    return pullRequest !== null && !pullRequest.isDraft && pullRequest.head.sha === sha;
  };
  const receipt = { id: String(number), url: session.view.pullRequest?.url ?? null, sha };
  const effect = await carryOut(session, {
    key: `r${session.round}/ready:${number}`,
    kind: 'ready_for_review',
    intent: { number, sha },
    canBeFound: true,
    find: async () => ((await isReady()) ? receipt : null),
    wasUndone: async (since) =>
      wasTakenBack(session.github, number, since, [
        { done: 'ready_for_review', undone: 'converted_to_draft', of: '' },
      ]),
    perform: async () => {
      const outcome = await finishPullRequest(session.github, number, sha);
      if (outcome.kind === 'ready') return receipt;
      throw new MusterError('approval_stale', reasonNotReady(outcome), { value: number });
    },
    verify: isReady,
  });
  showEffect(session, effect);
  return effect;
}

/**
 * The number of the draft that such an end closes, its branch kept: one that people were asked about. What they had
 * approved before stays open, unless they reject what was pushed to it.
 */
export function refusedDraft({ view }: Session, end: RunState): number | null {
  const { pullRequest, wasDone = false } = view;
  const isRefused = end === 'rejected' || (!wasDone && (end === 'cancelled' || end === 'expired'));
  return isRefused && pullRequest !== null && pullRequest.isAsked !== false ? pullRequest.number : null;
}

/** Merges the approved pull request at the approved commit; GitHub refuses it where the head has moved. */
export async function mergeApproved(session: Session, number: number, sha: string): Promise<Effect> {
  const isMerged = async () => (await session.github.getPullRequest(number))?.isMerged === true;
  const receipt = { id: String(number), url: session.view.pullRequest?.url ?? null, sha };
  const effect = await carryOut(session, {
    key: `r${session.round}/merge:${number}`,
    kind: 'merge',
    intent: { number, sha },
    canBeFound: true,
    find: async () => ((await isMerged()) ? receipt : null),
    perform: async () => {
      await session.github.mergePullRequest(number, sha);
      return receipt;
    },
    verify: isMerged,
  });
  showEffect(session, effect);
  return effect;
}

function reasonNotReady(outcome: Exclude<FinishOutcome, { kind: 'ready' }>): string {
  return outcome.kind === 'closed'
    ? 'the pull request was closed'
    : `the head moved to ${outcome.headSha.slice(0, 12)} after the approval`;
}
