import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardLinks, hostsIn } from '../../src/guards/links.ts';
import { hostileText } from './samples.ts';

const guard = (text: string): string => guardLinks(text, { allowedHosts: ['acme.dev'] }).text;

describe('attacks', () => {
  it.each([
    ['an image', '![](https://evil.io/p.png?d=abc)', '[image](https://evil.io/p.png?d=abc)'],
    ['an image without a scheme', '![](//evil.io/p)', '[image](//evil.io/p)'],
    ['an image with backslashes', String.raw`![](/\evil.io/p)`, String.raw`[image](</\evil.io/p>)`],
    [
      'an image on a host that only looks like GitHub',
      '![](https://github.com.evil.io/x)',
      '[image](https://github.com.evil.io/x)',
    ],
    [
      'an image with a user in front',
      '![](https://github.com@evil.io/x)',
      '[image](https://github.com@evil.io/x)',
    ],
    [
      'an image by reference',
      '![][a]\n\n[a]: https://evil.io/x',
      '[image](https://evil.io/x)\n\n[a]: https://evil.io/x',
    ],
    [
      'an image in a link',
      '[![](https://evil.io/x)](https://acme.dev)',
      '[[image](https://evil.io/x)](https://acme.dev)',
    ],
    ['an img tag', '<img src="https://evil.io/x">', 'https://evil.io/x'],
    ['a srcset', '<img srcset="a.png 1x, https://evil.io/x 2x">', 'https://evil.io/x'],
    [
      'a source tag',
      '<picture><source srcset="https://evil.io/x"></picture>',
      '<picture>https://evil.io/x</picture>',
    ],
    ['a data image', '![](data:image/png;base64,AAAA)', '(image removed)'],
    ['a script in a link', '[x](javascript:alert(1))', 'x'],
    ['a script in an autolink', '<javascript:alert(1)>', '(address removed)'],
    ['a script in a split scheme', '[x](java&#10;script:alert(1))', 'x'],
    ['a script in a definition', '[x]\n\n[x]: vbscript:x', '[x]\n\n'],
    ['a script in HTML', '<a href="javascript:x">y</a>', '<a>y</a>'],
  ])('disarms %s', (_name, text, expected) => {
    expect(guard(text)).toBe(expected);
  });

  it('leaves neither images nor scripts in a text that it cannot parse', () => {
    const frame = '> '.repeat(60);
    expect(guard(`${frame}\n![](https://evil.io/x) [x](javascript:y)`)).toBe(
      `${frame}\n[](https://evil.io/x) [x](javascript y)`,
    );
  });

  it.each([
    ['a long query', `https://evil.io/?q=${'a'.repeat(200)}`],
    ['a long fragment', `[x](https://evil.io/#${'a'.repeat(200)})`],
    ['a long random path', `https://evil.io/${'a1'.repeat(40)}`],
    ['a long random host', `https://${'a1'.repeat(30)}.evil.io/`],
    ['a long address in HTML', `<a href="https://evil.io/${'x/'.repeat(200)}">y</a>`],
  ])('reports %s', (_name, text) => {
    expect(guardLinks(text, { allowedHosts: [] }).suspects).toHaveLength(1);
  });

  it('leaves no image of a foreign host, and is idempotent', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const once = guard(text);
        expect(guard(once)).toBe(once);
      }),
    );
  });
});

describe('innocent look-alikes', () => {
  it.each([
    '![](https://user-images.githubusercontent.com/1/2.png)',
    '![](https://github.com/a/b/assets/1)',
    '![](./docs/a.png) ![](/docs/a.png)',
    '![](https://acme.dev/badge.svg)',
    '<img src="docs/a.png" width="100">',
    '[docs](https://docs.rs/tokio/latest/tokio/sync/index.html#modules)',
    'https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Intl/DateTimeFormat',
    '`![](https://evil.io/x)` and `javascript:`',
    '```html\n<img src="https://evil.io/x">\n```',
    'javascript: the good parts; data: 12 rows',
    'https://github.com/a/b/blob/9fceb02d0ae598e95dc970b74767f19372d61af8/src/parser/tokens.ts#L120',
    'plain text',
  ])('leaves %j', (text) => {
    expect(guardLinks(text, { allowedHosts: ['acme.dev'] })).toEqual({ text, changes: 0, suspects: [] });
  });
});

describe('hostsIn', () => {
  it('names each host of a trusted text once', () => {
    expect(hostsIn('see https://Acme.dev/x, (http://acme.dev:80/y) and https://b.io.')).toEqual([
      'acme.dev',
      'b.io',
    ]);
  });
});
