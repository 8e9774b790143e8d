import { describe, expect, it } from 'vitest';
import { readCount, readOptions } from '../../../src/hosts/cli/options.ts';

const OPTIONS = { json: { type: 'boolean', default: false }, limit: { type: 'string' } } as const;
const ONE = { min: 1, max: 1, expected: 'one run id' };

describe('the words of a command', () => {
  it('are its options and the rest', () => {
    const read = readOptions(['r_x', '--limit', '3'], OPTIONS, ONE);
    expect(read).toMatchObject({ values: { json: false, limit: '3' }, positionals: ['r_x'] });
  });

  it.each([
    [['--jsn', 'x'], 'there is no option `--jsn`; did you mean `--json`?'],
    [['--elephant', 'x'], 'there is no option `--elephant`'],
    [[], 'expected one run id'],
    [['a', 'b'], 'expected one run id'],
    [['x', '--limit'], "Option '--limit <value>' argument missing"],
  ])('are refused in one line: %j', (words, message) => {
    expect(() => readOptions(words, OPTIONS, ONE)).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });

  it.each(['0', '-1', '1.5', 'many', '9999999999999999'])('hold no count like %s', (text) => {
    expect(() => readCount('limit', text)).toThrow('--limit');
  });

  it('hold a count, or none', () => {
    expect(readCount('limit', '20')).toBe(20);
    expect(readCount('limit', undefined)).toBeNull();
  });
});
