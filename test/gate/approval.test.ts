import { describe, expect, it } from 'vitest';
import {
  isApproved,
  judgeApproval,
  type Approval,
  type ApprovalPolicy,
  type Shown,
  type SourceNow,
} from '../../src/gate/approval.ts';

const approval: Approval = {
  actor: { id: 7, login: 'ada', isBot: false },
  at: '2026-01-01T00:10:00Z',
  via: 'command',
  sourceId: 1,
  reviewedSha: null,
  maxMicroUsd: null,
};
const shown: Shown = {
  digest: 'd',
  shownAt: '2026-01-01T00:00:00Z',
  isFirstShowing: true,
  headSha: 'abc',
  expiresAt: '2026-01-08T00:00:00Z',
};
const now: SourceNow = { isEdited: false, authorId: 7, permission: 'write', isDismissed: false };
const policy: ApprovalPolicy = { threshold: 'write', count: 1, excluded: [] };

const kindOf = (
  changes: {
    approval?: Partial<Approval>;
    shown?: Partial<Shown>;
    now?: Partial<SourceNow> | null;
    head?: string;
    policy?: Partial<ApprovalPolicy>;
  } = {},
) =>
  judgeApproval(
    { ...approval, ...changes.approval },
    { ...shown, ...changes.shown },
    changes.now === null ? null : { ...now, ...changes.now },
    changes.head ?? 'abc',
    { ...policy, ...changes.policy },
  ).kind;

describe('an approval', () => {
  it('counts when it is there, unedited, by the same person with enough access, for the head shown', () => {
    expect(kindOf()).toBe('counts');
    expect(kindOf({ approval: { via: 'review', reviewedSha: 'abc' } })).toBe('counts');
  });

  it.each([
    ['its comment is gone', { now: null }],
    ['its comment was edited', { now: { isEdited: true } }],
    ['its review was dismissed', { now: { isDismissed: true } }],
    ['its author is another id', { now: { authorId: 8 } }],
    ['the head has moved', { head: 'def' }],
    ['the review is of another commit', { approval: { via: 'review' as const, reviewedSha: 'old' } }],
    ['it is older than what is shown', { approval: { at: '2025-12-31T23:59:50Z' } }],
    ['it came after the expiry', { approval: { at: '2026-01-09T00:00:00Z' } }],
    [
      'what is shown changed in the minute before',
      { shown: { isFirstShowing: false, shownAt: '2026-01-01T00:09:30Z' } },
    ],
  ])('is stale when %s', (_why, changes) => {
    expect(kindOf(changes)).toBe('stale');
  });

  const HELD = { digest: 'held', headSha: null };
  const LATER_ROUND = { isFirstShowing: false, shownAt: '2026-01-01T00:09:30Z' };

  it('by a review is of the very commit where one waits that is on no branch', () => {
    const review = (reviewedSha: string | null) =>
      kindOf({ approval: { via: 'review', reviewedSha }, shown: HELD });
    expect(review('draft')).toBe('stale');
    expect(review('held')).toBe('counts');
    expect(review(null)).toBe('counts');
    expect(kindOf({ approval: { via: 'button', reviewedSha: 'draft' }, shown: HELD })).toBe('counts');
  });

  it.each(['review', 'button'] as const)(
    'by a %s waives the time only where its commit is what waits',
    (via) => {
      const ofRound = (shownNow: Partial<Shown>) =>
        kindOf({ approval: { via, reviewedSha: 'abc' }, shown: { ...LATER_ROUND, ...shownNow } });
      expect(ofRound({ digest: 'abc' })).toBe('counts');
      expect(ofRound({ digest: 'other text' })).toBe('stale');
      expect(ofRound({ digest: 'other text', shownAt: '2026-01-01T00:10:30Z' })).toBe('stale');
      expect(ofRound({ digest: 'other text', shownAt: '2026-01-01T00:09:00Z' })).toBe('counts');
    },
  );

  it('counts within a minute of the first showing', () => {
    expect(kindOf({ shown: { shownAt: '2026-01-01T00:09:59Z' } })).toBe('counts');
  });

  it.each([
    ['a bot', { approval: { actor: { id: 7, login: 'x[bot]', isBot: true } } }],
    ['someone below the threshold', { now: { permission: 'triage' as const } }],
    ['who is excluded', { policy: { excluded: [3, 7] } }],
  ])('is denied to %s', (_who, changes) => {
    expect(kindOf(changes)).toBe('denied');
  });

  it('takes as many different people as the policy asks for', () => {
    const two = { ...policy, count: 2 };
    expect(isApproved([approval, approval], two)).toBe(false);
    expect(isApproved([approval, { ...approval, actor: { id: 8, login: 'bob', isBot: false } }], two)).toBe(
      true,
    );
  });
});
