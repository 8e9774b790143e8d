import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutraliseCommitMessage } from '../../src/guards/commit-message.ts';
import { hostileText } from './samples.ts';

const quiet = (message: string): string =>
  neutraliseCommitMessage(message, { subjectNumber: 7, allowMentions: ['ada'] });

describe('attacks', () => {
  it.each([
    ['feat: x [skip ci]', 'feat: x (skip ci)'],
    [
      '[ci skip] [no ci] [skip actions] [ACTIONS SKIP] [skip-ci] [skip travis]',
      '(ci skip) (no ci) (skip actions) (ACTIONS SKIP) (skip-ci) (skip travis)',
    ],
    ['***NO_CI***', 'NO_CI'],
    ['x\n\nskip-checks: true', 'x\n\n'],
    ['x\n\nskip-checks:true\n', 'x\n\n'],
    ['x\n\nCo-authored-by: Bob <b@c.d>\nSigned-off-by: Bob', 'x\n\n'],
    ['x\n\nMuster-Run: r_aaaaaaaaaaaa', 'x\n\n'],
    ['x\n\nReviewed-By : Bob', 'x\n\n'],
    ['fix #9 `fixes #9`', 'refs #9 `refs #9`'],
    ['thanks @bob', 'thanks @\u2060bob'],
  ])('disarms %j', (message, expected) => {
    expect(quiet(message)).toBe(expected);
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(quiet(quiet(text))).toBe(quiet(text));
      }),
    );
  });
});

describe('innocent look-alikes', () => {
  it.each([
    'fix(parser): keep the last line (#12)\n\nFixes #7',
    'docs: thank @ada',
    'style: skip ci words in prose, e.g. skip the ci step',
    'feat: add [no-cache] and [skip list]',
    'Written-for: people, by hand',
  ])('leaves %j', (message) => {
    expect(quiet(message)).toBe(message);
  });
});
