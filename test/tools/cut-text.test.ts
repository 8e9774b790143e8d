import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutEnd, cutMiddle } from '../../src/tools/cut-text.ts';

describe('cutting text', () => {
  it('leaves short text alone', () => {
    expect(cutEnd('abc', 3)).toBe('abc');
    expect(cutMiddle('abc', 3)).toBe('abc');
  });

  it('says how much is missing, and what to do', () => {
    expect(cutEnd('abcdef', 2)).toBe('ab\n[cut: 4 more characters]');
    expect(cutEnd('abcdef', 2, 'read on')).toBe('ab\n[cut: 4 more characters; read on]');
    expect(cutMiddle('abcdefghij', 8)).toBe('ab\n[cut: 2 characters in the middle]\nefghij');
  });

  it('stays near its limit and never cuts a character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 4, max: 100 }),
        (text, limit) => {
          for (const cut of [cutEnd(text, limit), cutMiddle(text, limit)]) {
            expect(cut.length).toBeLessThanOrEqual(limit + 60);
            expect(cut.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });
});
