import { describe, expect, it } from 'vitest';
import { raisedCap } from '../../src/costs/budget.ts';

describe('raisedCap', () => {
  it.each([
    ['stays where nobody asked', 500, 1000, [], 500],
    ['is the highest that was asked for', 500, 1000, [700, 900, 600], 900],
    ['goes no higher than the limit', 500, 1000, [2000], 1000],
    ['is never lowered', 500, 1000, [100], 500],
    ['is never lowered by a limit below it', 500, 300, [2000], 500],
  ])('%s', (_, cap, limit, asked, expected) => {
    expect(raisedCap(cap, limit, asked)).toBe(expected);
  });
});
