import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, type NeutraliseOptions } from '../../src/guards/neutralise.ts';
import { hostileText } from './samples.ts';

const quiet = (text: string, options: Partial<NeutraliseOptions> = {}): string =>
  neutralise(text, { subjectNumber: 7, allowMentions: ['ada'], ...options });

describe('attacks', () => {
  it.each([
    ['a closing keyword', 'Fixes #9', 'Refs #9'],
    ['one with a colon', 'resolved: #9', 'refs: #9'],
    ['one for another repository', 'closes acme/repo#1', 'refs acme/repo#1'],
    ['one for the same number elsewhere', 'closes acme/repo#7', 'refs acme/repo#7'],
    ['one with GH-', 'fix GH-12', 'refs GH-12'],
    ['one with a URL', 'fixes https://github.com/a/b/issues/7', 'refs https://github.com/a/b/issues/7'],
    ['one with markup between', 'Fixes **#9** and closes [#8](x)', 'Refs **#9** and refs [#8](x)'],
    ['one over two lines', 'Fixes\n#9', 'Refs\n#9'],
    ['one in entities', 'F&#105;xes &num;9', 'Refs #9'],
    ['one with a backslash', String.raw`Fixes \#9`, String.raw`Refs \#9`],
    ['a mention', 'hi @octocat!', 'hi @&#8203;octocat!'],
    ['a team', '@acme/core and @ada/core', '@&#8203;acme/core and @&#8203;ada/core'],
    ['a longer name than the allowed', '@ada-x @adam', '@&#8203;ada-x @&#8203;adam'],
    ['a bot with a command', '@dependabot merge', '@&#8203;dependabot merge'],
    ['a bot with a command in code', '`@dependabot merge`', '`@ dependabot merge`'],
    [
      'a mention in entities',
      '&#64;octocat &commat;octocat @&#111;ctocat',
      '@&#8203;octocat @&#8203;octocat @&#8203;octocat',
    ],
    [
      'a mention in HTML, where backticks are no code',
      '<p>\n`@octocat`\n</p>',
      '<p>\n`@&#8203;octocat`\n</p>',
    ],
    ['a mention that leaves a fence with its list', '- ```\n@octocat\n```', '- ```\n@&#8203;octocat\n```'],
    ['a mention between unpaired backticks', '- a ` b\n- @octocat ` c', '- a ` b\n- @&#8203;octocat ` c'],
    ['a mention behind an escaped backtick', '\\`@octocat`', '\\`@&#8203;octocat`'],
    ['a slash command', '/approve', '\\/approve'],
    ['an indented one', 'ok\n  /merge now', 'ok\n  \\/merge now'],
    ['one in a code block', '```\n/lgtm\n```', '```\n /lgtm\n```'],
    ['our marker in code', '`<!-- muster:run=r_aaaaaaaaaaaa -->`', '`<! -- muster:run=r_aaaaaaaaaaaa -->`'],
  ])('disarms %s', (_name, text, expected) => {
    expect(quiet(text)).toBe(expected);
  });

  it('reads the body of a pull request as the commit message that it may become', () => {
    const body = '`fixes #9` [skip ci]\n\nSigned-off-by: Ada <a@b.c>\nskip-checks: true\nend';
    expect(quiet(body, { isCommitBody: true })).toBe('`refs #9` (skip ci)\n\nend');
    expect(quiet('`fixes #9` [skip ci]')).toBe('`fixes #9` [skip ci]');
  });

  it('disarms what it cannot parse as prose', () => {
    const frame = '> '.repeat(60);
    expect(quiet(`${frame}\n\`@octocat\` fixes #9`)).toBe(`${frame}\n\`@&#8203;octocat\` refs #9`);
  });

  it('closes nothing when there is no subject', () => {
    expect(quiet('Fixes #7', { subjectNumber: null })).toBe('Refs #7');
  });

  it('leaves no mention and no command in prose, and is idempotent', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, isCommitBody) => {
        const once = quiet(text, { isCommitBody });
        expect(quiet(once, { isCommitBody })).toBe(once);
        expect(once).not.toMatch(/^\/[a-z]+$/m);
        if (!/[`~[:]| {4}|\t/.test(text)) expect(once).not.toMatch(/(?<!\w)@[a-z]/);
      }),
    );
  });
});

describe('innocent look-alikes', () => {
  it.each([
    'Fixes #7, as asked',
    'prefixes #9, suffix #9, the fixed (#12) thing, fixtures #3',
    'see #9 and acme/repo#1 and https://github.com/a/b/issues/9',
    '@ada thanks',
    'npm i `@types/node` and\n```sh\nnpm i @acme/core\n```',
    '    @indented/code',
    'ada@acme.dev and https://medium.com/@ada/post and [x](https://acme.dev/@ada)',
    'a/b, and/or, 1/2, path/to/file',
    '```js\n// comment\n/* block */\n/etc/hosts is read\n```',
    '`fixes #9`',
    '[skip navigation](#main)',
    '&lt;b&gt; &amp; &copy;',
  ])('leaves %j', (text) => {
    expect(quiet(text)).toBe(text);
  });
});
