import type { Actor } from '../domain/actor.ts';
import { meetsThreshold, type PermissionLevel } from '../domain/permission.ts';
import type { MicroUsd } from '../domain/money.ts';

/** One yes of a person, as it was recorded; read again from GitHub before anything is published. */
export interface Approval {
  actor: Actor;
  /** GitHub's timestamp, ISO 8601. */
  at: string;
  via: 'command' | 'review' | 'button';
  /** Comment, review or check-run id. */
  sourceId: number;
  /** The head that a review's state or a button stands on; null for commands, in reviews too. */
  reviewedSha: string | null;
  maxMicroUsd: MicroUsd | null;
}

/** What waits, as it was shown. */
export interface Shown {
  /** Digest of what was shown; for a commit, its SHA. */
  digest: string;
  /** When GitHub says that the tracking comment came to show it, ISO 8601. */
  shownAt: string;
  isFirstShowing: boolean;
  /** The head SHA of the pull request that waits, when there is one. */
  headSha: string | null;
  expiresAt: string;
}

/** The source of an approval as GitHub shows it now; null when it is gone. */
export interface SourceNow {
  isEdited: boolean;
  authorId: number;
  permission: PermissionLevel;
  isDismissed: boolean;
}

export interface ApprovalPolicy {
  threshold: PermissionLevel;
  count: number;
  /** Ids of the accounts whose approval doesn't count. */
  excluded: readonly number[];
}

export type Standing =
  | { kind: 'counts' }
  | { kind: 'stale'; reason: string }
  | { kind: 'denied'; reason: string };

/** Within this time after a change of what is shown, a bare approval may mean the old text. */
const SETTLING_MS = 60_000;

/** Whether one approval counts for what waits, now. Anything unreadable does not count. */
export function judgeApproval(
  approval: Approval,
  shown: Shown,
  now: SourceNow | null,
  headNow: string | null,
  policy: ApprovalPolicy,
): Standing {
  if (approval.actor.isBot) return { kind: 'denied', reason: 'bots never approve' };
  if (now === null) return { kind: 'stale', reason: 'it is no longer there' };
  if (now.isEdited) return { kind: 'stale', reason: 'it was edited' };
  if (now.isDismissed) return { kind: 'stale', reason: 'the review was dismissed' };
  if (now.authorId !== approval.actor.id) return { kind: 'stale', reason: 'its author is another account' };
  if (!meetsThreshold(now.permission, policy.threshold)) {
    return { kind: 'denied', reason: `approving takes ${policy.threshold} access` };
  }
  if (policy.excluded.includes(approval.actor.id)) {
    return { kind: 'denied', reason: 'who asked for it, instructed it or pushed to it may not approve it' };
  }
  return judgeBinding(approval, shown, headNow);
}

function judgeBinding(approval: Approval, shown: Shown, headNow: string | null): Standing {
  if (shown.headSha !== null && headNow !== shown.headSha) {
    return { kind: 'stale', reason: 'the head has moved since it was shown' };
  }
  if (Date.parse(approval.at) > Date.parse(shown.expiresAt)) {
    return { kind: 'stale', reason: 'it came after the expiry' };
  }
  // Where the commit is what waits, having looked at it says more than any time.
  if (approval.reviewedSha === shown.digest) return { kind: 'counts' };
  if (approval.reviewedSha !== null && approval.reviewedSha !== headOf(approval, shown)) {
    const isBeside = approval.via === 'review' && shown.headSha === null;
    const reason = isBeside
      ? 'what waits is not that commit, and only a comment or a button approves it'
      : 'it is of another commit';
    return { kind: 'stale', reason };
  }
  const age = Date.parse(approval.at) - Date.parse(shown.shownAt);
  // GitHub's timestamps have whole seconds: a comment in the very second of the showing is let through.
  if (age < -999) return { kind: 'stale', reason: 'it was written before this was shown' };
  if (!shown.isFirstShowing && age < SETTLING_MS) {
    return { kind: 'stale', reason: 'what waits was changed in the minute before' };
  }
  return { kind: 'counts' };
}

/** What a review's state and a button have to stand on; the buttons of a held commit stand on whatever head shows it. */
function headOf({ via, reviewedSha }: Approval, { digest, headSha }: Shown): string | null {
  return headSha ?? (via === 'review' ? digest : reviewedSha);
}

/** True when enough different people have approved. */
export function isApproved(counting: readonly Approval[], policy: ApprovalPolicy): boolean {
  return new Set(counting.map((approval) => approval.actor.id)).size >= policy.count;
}
