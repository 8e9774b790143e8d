import { describe, expect, it } from 'vitest';
import { checkText, describeChecks, kindOfFile } from '../../../src/hosts/cli/check-files.ts';

describe('a check of files', () => {
  it('tells file, line, key and what was expected', () => {
    const checked = checkText('.github/muster.yml', 'config', 'dry_run: true\nbudgets:\n  day: lots\n');
    expect(describeChecks([checked])).toEqual([
      expect.stringMatching(/^\.github\/muster\.yml:3: `budgets\.day`: expected .*number/),
      '1 problem',
    ]);
  });

  it('counts what is valid and keeps warnings apart from problems', () => {
    const agent = checkText('a.md', 'agent', '---\ndescription: Does it.\ncolor: red\n---\nDo it.\n');
    expect(agent).toMatchObject({ problems: [], warnings: ['`color` has no effect here'] });
    expect(describeChecks([agent])).toEqual(['a.md: warning: `color` has no effect here', '1 file valid']);
  });

  it.each([
    ['agents/a.md', 'agent'],
    ['A.MD', 'agent'],
    ['.github/muster.yml', 'config'],
    ['muster.yaml', 'config'],
    ['muster.json', null],
    ['Makefile', null],
  ])('takes %s for %s', (file, kind) => {
    expect(kindOfFile(file)).toBe(kind);
  });
});
