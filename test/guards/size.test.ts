import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capText,
  capTitle,
  MAX_CHANGE_BYTES,
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_TITLE,
  oversize,
} from '../../src/guards/size.ts';
import { change } from './samples.ts';

describe('capText', () => {
  it('leaves what fits', () => {
    expect(capText('abc', 3)).toBe('abc');
  });

  it('says that it cut, never in the middle of a character, and is idempotent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 60 }),
        fc.integer({ min: 50, max: 70 }),
        (text, limit) => {
          const cut = capText(text, limit);
          expect(cut.length).toBeLessThanOrEqual(limit);
          expect(cut.isWellFormed()).toBe(true);
          expect(capText(cut, limit)).toBe(cut);
          if (text.length > limit) expect(cut).toMatch(/\[cut: .*\]$/);
        },
      ),
    );
  });
});

describe('capTitle', () => {
  it('makes one line of it', () => {
    expect(capTitle(' a\r\nb\t c ')).toBe('a b c');
  });

  it('cuts at what GitHub takes', () => {
    expect(capTitle('x'.repeat(300))).toHaveLength(MAX_TITLE);
    expect(capTitle(capTitle('ab '.repeat(200)))).toBe(capTitle('ab '.repeat(200)));
  });
});

describe('oversize', () => {
  const bytes = (count: number): string => 'x'.repeat(count);

  it('accepts what can be seen whole', () => {
    expect(oversize([])).toBeNull();
    expect(oversize(Array.from({ length: MAX_FILES }, (_, index) => change(`${index}`)))).toBeNull();
    expect(
      oversize([change('a', { content: bytes(MAX_FILE_BYTES) }), change('b', { content: null })]),
    ).toBeNull();
  });

  it('refuses too many files, one too big, and too much together', () => {
    expect(oversize(Array.from({ length: MAX_FILES + 1 }, (_, index) => change(`${index}`)))).toContain(
      '101 files',
    );
    expect(oversize([change('a', { content: bytes(MAX_FILE_BYTES + 1) })])).not.toBeNull();
    const big = Array.from({ length: 6 }, (_, index) =>
      change(`${index}`, { content: bytes(MAX_CHANGE_BYTES / 5) }),
    );
    expect(oversize(big)).not.toBeNull();
  });

  it('counts bytes, not characters', () => {
    expect(oversize([change('a', { content: 'é'.repeat(MAX_FILE_BYTES / 2 + 1) })])).not.toBeNull();
  });
});
