import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import {
  codeBlock,
  codeSpan,
  cutMarkdown,
  escapeCell,
  escapeWithLinks,
  link,
  oneLine,
  quoteBlock,
  table,
  wholeOf,
} from '../../src/publish/markdown.ts';
import { closersOf } from '../../src/publish/open-blocks.ts';
import { hostileText } from './hostile.ts';

const markdown = new MarkdownIt({ html: true, linkify: true });
// Bare domains are no links on GitHub.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** Kinds of the tokens, inline ones included. */
function tokenTypes(source: string): string[] {
  return markdown
    .parse(source, {})
    .flatMap((token) => [token.type, ...(token.children ?? []).map((child) => child.type)]);
}

const INERT = new Set(['inline', 'text', 'text_special', 'code_inline', 'softbreak']);

describe('escapeCell', () => {
  it('leaves a table one row of one cell, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const types = tokenTypes(table(['a', 'b'], [[escapeCell(text), 'last']]));
        expect(types.filter((type) => type === 'td_open')).toHaveLength(2);
        expect(types.filter((type) => type === 'tr_open')).toHaveLength(2);
        const inTable = types.filter((type) => !/^(table|thead|tbody|tr|th|td)_(open|close)$/.test(type));
        expect(inTable.filter((type) => !INERT.has(type))).toEqual([]);
      }),
    );
  });

  it('is a plain paragraph on a line of its own, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(escapeCell(text) !== '');
        const types = tokenTypes(escapeCell(text)).filter((type) => !INERT.has(type));
        expect(types).toEqual(['paragraph_open', 'paragraph_close']);
      }),
    );
  });

  it('shows the text as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const shown = markdown
          .parse(`x${escapeCell(text)}`, {})
          .flatMap((token) => token.children ?? [])
          .map((token) => token.content)
          .join('');
        const plain = (value: string): string => value.replaceAll(/[\u200B`\s]/g, '');
        expect(plain(shown)).toBe(plain(`x${oneLine(text, 300)}`));
      }),
    );
  });

  it('pings nobody, and refers to no issue and no page', () => {
    expect(escapeCell('@ada @acme/team a@b.co')).not.toMatch(/@\w/);
    expect(escapeCell('#1 acme/shop#2 GH-3')).not.toMatch(/#\d|GH-\d/);
    expect(escapeCell('https://github.com/a/b/issues/1 www.a.co')).not.toMatch(/:\/\/|www\.\w/);
  });

  it('keeps code spans of plain words, and only those', () => {
    expect(escapeCell('run `npm test`')).toBe('run `npm test`');
    expect(escapeCell('run `a|b`')).toBe('run \\`a&#124;b\\`');
    expect(escapeCell('run `@ada`')).not.toMatch(/@\w/);
  });

  it('cuts by characters, never within one', () => {
    expect(escapeCell('a'.repeat(400))).toHaveLength(300);
    expect(escapeCell('💥'.repeat(10), 4).isWellFormed()).toBe(true);
  });
});

describe('quoteBlock', () => {
  it('is one quotation, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const types = tokenTypes(`${quoteBlock(text)}\n\nafter`);
        expect(types.filter((type) => type === 'blockquote_open')).toHaveLength(1);
        expect(types.slice(-4)).toEqual(['paragraph_open', 'inline', 'text', 'paragraph_close']);
        expect(types.filter((type) => /html|fence|heading|link|image|list|hr/.test(type))).toEqual([]);
      }),
    );
  });
});

describe('escapeWithLinks', () => {
  it('links to the own repository only', () => {
    const text = 'see https://github.com/acme/shop/issues/1 and https://github.com/evil/x/issues/2';
    const shown = escapeWithLinks(text, 'https://github.com/acme/shop');
    expect(shown).toContain('[link](https://github.com/acme/shop/issues/1)');
    expect(shown).not.toContain('https://github.com/evil');
  });
});

describe('codeBlock', () => {
  it('holds the whole text and nothing else, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [token, ...rest] = markdown.parse(codeBlock(text), {});
        expect(token?.type).toBe('fence');
        expect(rest).toEqual([]);
        expect(token?.content).toBe(`${text.replaceAll('\0', '\uFFFD').replaceAll(/\r\n?/g, '\n')}\n`);
      }),
    );
  });
});

describe('codeSpan', () => {
  it('can not be left from inside', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const inner = tokenTypes(`a ${codeSpan(text)}`).filter((type) => !INERT.has(type));
        expect(inner).toEqual(['paragraph_open', 'paragraph_close']);
      }),
    );
  });
});

describe('link', () => {
  it.each(['javascript:alert(1)', 'https://x.y/) [a](b', 'https://x.y/ z', ''])('is words for %j', (url) => {
    expect(link('words', url)).toBe('words');
  });
});

describe('cutMarkdown', () => {
  it('leaves what fits as it is', () => {
    expect(cutMarkdown('a\n\nb', 10)).toBe('a\n\nb');
  });

  it('cuts after a paragraph and says so', () => {
    const text = `${'word '.repeat(30)}\n\n${'more '.repeat(30)}`;
    const cut = cutMarkdown(text, 220);
    expect(cut.length).toBeLessThanOrEqual(220);
    expect(cut).toMatch(/word \n\n\*Cut here: 152 more characters have no room here\.\*$/);
  });

  it('says where the whole is', () => {
    const cut = cutMarkdown('word '.repeat(100), 300, 'characters', wholeOf('r_aaaaaaaaaaaa'));
    expect(cut).toMatch(/ here\. All of it: `muster show r_aaaaaaaaaaaa --json`\.\*$/);
  });

  it('links the whole where GitHub keeps it', () => {
    const whole = wholeOf('r_aaaaaaaaaaaa', 'https://github.com/acme/shop/blob/c0ffee/p1.md');
    const cut = cutMarkdown('word '.repeat(100), 300, 'characters', whole);
    expect(cut.length).toBeLessThanOrEqual(300);
    expect(cut).toMatch(
      / here\. All of it: \[whole text\]\(https:\/\/github\.com\/acme\/shop\/blob\/c0ffee\/p1\.md\)\.\*$/,
    );
  });

  it('closes the code fence that it cuts through', () => {
    const cut = cutMarkdown(`\`\`\`\`js\n${'line();\n'.repeat(100)}\`\`\`\`\n`, 300);
    expect(cut).toMatch(/line\(\);\n````\n\n\*Cut here/);
  });

  it('takes a code span whole or not at all', () => {
    const text = `${'word '.repeat(40)}\`@ada ${'x'.repeat(60)} @bob\` and \\\`more ${'word '.repeat(40)}`;
    for (let max = 200; max < 420; max += 1) {
      const spans = tokenTypes(cutMarkdown(text, max)).filter((type) => type === 'code_inline');
      expect(spans).toHaveLength(cutMarkdown(text, max).includes('@ada') ? 1 : 0);
    }
  });

  it('never exceeds the limit, splits no character and leaves nothing open', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 200, max: 70_000 }), (text, max) => {
        const wellFormed = text.toWellFormed();
        const characters = cutMarkdown(wellFormed, max);
        expect(characters.length).toBeLessThanOrEqual(max);
        expect(characters.isWellFormed()).toBe(true);
        expect(closersOf(characters)).toBe('');
        expect(Buffer.byteLength(cutMarkdown(wellFormed, max, 'bytes'))).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe('closersOf', () => {
  it.each([
    ['```js\ncode', '\n```'],
    ['~~~~\ncode\n~~~', '\n~~~~'],
    ['text\n<!-- hidden', '\n-->'],
    ['<pre>\nraw', '\n</pre>'],
    ['<details>\n<details>\nx\n</details>', '\n</details>'],
    ['<details>\n\n```\nx', '\n```\n</details>'],
    ['```\n<!-- code\n```', ''],
    ['a `<!--` b', ''],
    ['<!-- done -->', ''],
    ['```\n````', ''],
  ])('of %j is %j', (text, closers) => {
    expect(closersOf(text)).toBe(closers);
  });
});
