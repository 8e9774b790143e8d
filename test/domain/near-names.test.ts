import { describe, expect, it } from 'vitest';
import { nearNames } from '../../src/domain/near-names.ts';

const AGENTS = ['bug-root-cause-analyzer', 'code-reviewer', 'security-reviewer', 'triager'];

describe('near names', () => {
  it.each([
    ['triagr', ['triager']],
    ['Triager', ['triager']],
    ['traiger', ['triager']],
    ['code-review', ['code-reviewer']],
    ['reviewer', ['code-reviewer', 'security-reviewer']],
    ['root', ['bug-root-cause-analyzer']],
    ['zzzzzz', []],
    ['', []],
    ['x'.repeat(10_000), []],
  ])('finds what %j may have meant', (name, near) => {
    expect(nearNames(name, AGENTS)).toEqual(near);
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(nearNames('lba', ['lab'])).toEqual(['lab']);
  });

  it('offers three at most, the nearest first', () => {
    expect(nearNames('aaaaaa', ['aaaaab', 'aaaabb', 'aaaaaa', 'aaabaa'])).toEqual([
      'aaaaaa',
      'aaaaab',
      'aaabaa',
    ]);
  });
});
