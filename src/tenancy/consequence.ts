/** What GitHub tells of the App's place on repositories, and of the repositories themselves. */
export type TenantChange =
  | 'created'
  | 'added'
  | 'unsuspend'
  | 'deleted'
  | 'removed'
  | 'suspend'
  | 'transferred'
  | 'privatized'
  | 'publicized'
  | 'renamed';

/** What GitHub answers when it is asked again: a delivery may be late, or an old body sent once more. */
export interface TenantFacts {
  /** Whether the App may work on the repository now. */
  isReached: boolean;
  /** Null where it can't be read. */
  isPrivate: boolean | null;
}

export type Consequence =
  /** Its work stops at once, without a word on GitHub, and it is erased after the grace period. */
  | { kind: 'remove' }
  /** Its work stops at once; nothing is erased. */
  | { kind: 'suspend' }
  | { kind: 'admit' }
  /** Open runs are cancelled in the open, approvals that were given don't count any more. */
  | { kind: 'void'; cause: string }
  | { kind: 'rename' }
  | { kind: 'none'; reason: string };

/** How long a removed tenant's rows are kept, for a removal that was a mistake. */
export const GRACE_DAYS = 7;

/** What follows from a change, given what is true by now. Closed: what GitHub doesn't confirm destroys nothing. */
export function consequenceOf(change: TenantChange, { isReached, isPrivate }: TenantFacts): Consequence {
  switch (change) {
    case 'created':
    case 'added':
    case 'unsuspend':
      return isReached ? { kind: 'admit' } : none('GitHub does not let the App in');
    case 'deleted':
    case 'removed':
      return isReached ? none('the App is there') : { kind: 'remove' };
    case 'suspend':
      return isReached ? none('the App is not suspended') : { kind: 'suspend' };
    case 'transferred':
      return isReached ? { kind: 'void', cause: 'the transfer of the repository' } : { kind: 'remove' };
    case 'privatized':
    case 'publicized': {
      const isNowPrivate = change === 'privatized';
      if (isPrivate !== isNowPrivate) return none('the visibility is another by now');
      return { kind: 'void', cause: `the repository becoming ${isNowPrivate ? 'private' : 'public'}` };
    }
    case 'renamed':
      return { kind: 'rename' };
  }
}

function none(reason: string): Consequence {
  return { kind: 'none', reason };
}
