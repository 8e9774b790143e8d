import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretScanner } from '../../src/adapters/secret-scanner.ts';
import { cleanText, guardText, scrubForLog, type TextKind } from '../../src/guards/guard-text.ts';
import { createPiiVault, findPii } from '../../src/guards/pii.ts';
import { context, fakeScanner, githubToken, hostileText, SECRET } from './samples.ts';

const KINDS: TextKind[] = ['markdown', 'commit_body', 'title', 'note'];

describe('guardText', () => {
  it('runs every guard over the text', async () => {
    const text = `Fixes #9 <!-- muster:run=r_aaaaaaaaaaaa -->@bob ![](https://evil.io/x) ${SECRET} bob@acme.dev`;
    expect(await guardText(text, context())).toBe(
      'Refs #9 @&#8203;bob [image](https://evil.io/x) [redacted: test key] [redacted: e-mail address]',
    );
  });

  it('leaves a good comment as it is', async () => {
    const text =
      '## Cause\n\nThe parser ([src/a.ts](https://github.com/a/b/blob/main/src/a.ts)) drops it. Fixes #7, @ada.\n\n```ts\nconst a = 1;\n```\n';
    expect(await cleanText(text, 'markdown', context())).toEqual({ text, notes: [] });
  });

  it('finds a secret that only shows when the hidden parts are gone', async () => {
    expect(await guardText('SECRET-1234<!-- x -->5678 SECRET\u200B-87654321', context())).not.toMatch(
      /SECRET-/,
    );
  });

  it('lets personal data be where the policy is off', async () => {
    expect(await guardText('bob@acme.dev', context({ pii: { mode: 'off' } }))).toBe('bob@acme.dev');
  });

  it('puts tokens back for an audience that knows the value, and redacts them for others', async () => {
    const vault = createPiiVault('n1');
    const text = vault.tokenise('ada@acme.dev, bob@acme.dev');
    const isKnownToAudience = (value: string): boolean => value === 'ada@acme.dev';
    const pii = { mode: 'tokenise' as const, vault, isKnownToAudience };
    const once = await guardText(text, context({ pii }));
    expect(once).toBe('ada@acme.dev, [redacted: e-mail address]');
    expect(await guardText(once, context({ pii }))).toBe(once);
  });

  it('leaves it to publishing to cut a body at the limit of GitHub, where a paragraph ends', async () => {
    const long = `${'word '.repeat(13_000)}\n\n\`\`\`\nlet a;\n\`\`\`\n`;
    expect(await cleanText(long, 'markdown', context())).toEqual({ text: long, notes: [] });
    expect((await guardText('a '.repeat(100_000), context())).length).toBeLessThanOrEqual(131_072);
  });

  it('withholds a text whose secrets cannot be taken out', async () => {
    const endless = { scan: async () => [{ kind: 'x', start: 0, end: 1 }] };
    expect(await guardText('leak', context({ scanner: endless }))).toMatch(/^\[withheld/);
  });
});

describe('cleanText', () => {
  it.each(KINDS)('is idempotent for a %s, and its notes never hold a secret', async (kind) => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const once = await cleanText(text, kind, context());
        expect(once.text).not.toContain(SECRET);
        expect(findPii(once.text)).toEqual([]);
        expect(JSON.stringify(once.notes)).not.toMatch(/SECRET|a@b\.co/);
        const twice = await cleanText(once.text, kind, context());
        expect(twice.text).toBe(once.text);
        expect(twice.notes.filter(({ outcome }) => outcome === 'cleaned')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is idempotent with the real scanner, too', async () => {
    const scanner = createSecretScanner({ ownSecrets: ['kX9-own/Value'] });
    const piece = fc.constantFrom(
      githubToken(),
      'kX9-own/Value',
      'password=',
      'Tr0ub4dor&3x!',
      ' ',
      '\n',
      '"',
      '`',
      ': ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const { text } = await cleanText(pieces.join(''), 'markdown', context({ scanner }));
        expect(text).not.toContain(githubToken());
        expect(text).not.toContain('kX9-own/Value');
        expect((await cleanText(text, 'markdown', context({ scanner }))).text).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('asks a person where an address could carry data out, each time', async () => {
    const text = `see https://evil.io/?d=${'a'.repeat(200)}`;
    const { notes } = await cleanText(text, 'markdown', context());
    expect(notes).toEqual([
      { guard: 'links', outcome: 'needs_approval', message: expect.stringContaining('`evil.io`') },
    ]);
  });

  it('makes one quiet line of a title', async () => {
    expect((await cleanText('Fix\n#9 [skip ci] @bob <b>', 'title', context())).text).toBe(
      'Refs #9 (skip ci) @\u2060bob <b>',
    );
  });
});

describe('scrubForLog', () => {
  it('makes one line without secrets, people or terminal sequences', async () => {
    expect(await scrubForLog(`a\n\u001B[31m${SECRET}\r\nbob@acme.dev`, fakeScanner)).toBe(
      'a ⏎ [redacted: test key] ⏎ [redacted: e-mail address]',
    );
  });
});
