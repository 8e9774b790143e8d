import { describe, expect, it } from 'vitest';
import { consequenceOf, type TenantChange, type TenantFacts } from '../../src/tenancy/consequence.ts';

const THERE: TenantFacts = { isReached: true, isPrivate: null };
const GONE: TenantFacts = { isReached: false, isPrivate: null };

function kindOf(change: TenantChange, facts: TenantFacts): string {
  return consequenceOf(change, facts).kind;
}

describe('what follows from a change of the App or the repository', () => {
  it.each<[TenantChange, TenantFacts, string]>([
    ['created', THERE, 'admit'],
    ['added', THERE, 'admit'],
    ['unsuspend', THERE, 'admit'],
    ['deleted', GONE, 'remove'],
    ['removed', GONE, 'remove'],
    ['suspend', GONE, 'suspend'],
    ['transferred', THERE, 'void'],
    ['transferred', GONE, 'remove'],
    ['publicized', { isReached: true, isPrivate: false }, 'void'],
    ['privatized', { isReached: true, isPrivate: true }, 'void'],
    ['renamed', THERE, 'rename'],
  ])('%s, confirmed by GitHub: %o → %s', (change, facts, expected) => {
    expect(kindOf(change, facts)).toBe(expected);
  });

  it.each<[TenantChange, TenantFacts]>([
    ['deleted', THERE],
    ['removed', THERE],
    ['suspend', THERE],
    ['created', GONE],
    ['added', GONE],
    ['unsuspend', GONE],
    ['publicized', { isReached: true, isPrivate: true }],
    ['privatized', { isReached: true, isPrivate: false }],
    ['privatized', GONE],
  ])('%s is nothing where GitHub says otherwise: %o', (change, facts) => {
    expect(kindOf(change, facts)).toBe('none');
  });

  it('names the change for the people whose run it ends', () => {
    expect(consequenceOf('publicized', { isReached: true, isPrivate: false })).toEqual({
      kind: 'void',
      cause: 'the repository becoming public',
    });
  });
});
