import { describe, expect, it } from 'vitest';
import { oneLine, printable, table } from '../../../src/hosts/cli/output.ts';

describe('text for a terminal', () => {
  it.each([
    ['\u001B[2Jgone', String.raw`\u{1b}[2Jgone`],
    ['\u009B31mred', String.raw`\u{9b}31mred`],
    ['a\u202Eb', String.raw`a\u{202e}b`],
    ['\u0007', String.raw`\u{7}`],
    ['a\r\nb\tc', 'a\nb\tc'],
    ['Größe 👀', 'Größe 👀'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('stands in columns by what is seen of it', () => {
    expect(
      table([
        ['a', 'b'],
        ['👀👀', 'c'],
      ]),
    ).toEqual(['a   b', '👀👀  c']);
    expect(table([])).toEqual([]);
  });

  it('is cut to one line', () => {
    expect(oneLine('a\n  b', 10)).toBe('a b');
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });
});
