import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeFindings, redactSecrets } from '../../src/guards/secrets.ts';
import type { SecretScanner } from '../../src/ports/secrets.ts';
import { fakeScanner, hostileText, SECRET } from './samples.ts';

describe('redactSecrets', () => {
  it('says what stood there, and no more', async () => {
    expect(await redactSecrets(`use ${SECRET} or ${SECRET}`, fakeScanner)).toEqual({
      text: 'use [redacted: test key] or [redacted: test key]',
      kinds: ['test key'],
    });
  });

  it('scans again until nothing is found', async () => {
    const text = `SECRET-${SECRET}12345678`;
    const unwrapping: SecretScanner = {
      scan: async (current) =>
        current.includes(SECRET)
          ? [{ kind: 'a', start: current.indexOf(SECRET), end: current.indexOf(SECRET) + SECRET.length }]
          : current.includes('redacted: a')
            ? [{ kind: 'b', start: 0, end: current.length }]
            : [],
    };
    expect(await redactSecrets(text, unwrapping)).toEqual({ text: '[redacted: b]', kinds: ['a', 'b'] });
  });

  it('withholds a text that never comes clean', async () => {
    const endless: SecretScanner = { scan: async () => [{ kind: 'x', start: 0, end: 1 }] };
    const { text } = await redactSecrets('leak', endless);
    expect(text).toMatch(/^\[withheld/);
  });

  it('leaves a clean text as it is', async () => {
    expect(await redactSecrets('nothing here', fakeScanner)).toEqual({ text: 'nothing here', kinds: [] });
  });

  it('leaves no secret in any text, and is idempotent', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const { text: once } = await redactSecrets(text, fakeScanner);
        expect(once).not.toContain(SECRET);
        expect((await redactSecrets(once, fakeScanner)).text).toBe(once);
      }),
    );
  });
});

describe('mergeFindings', () => {
  it('makes one of those that overlap, named by the longest', () => {
    const findings = [
      { kind: 'password', start: 4, end: 9 },
      { kind: 'GitHub token', start: 6, end: 40 },
      { kind: 'secret', start: 0, end: 5 },
      { kind: 'other', start: 40, end: 50 },
    ];
    expect(mergeFindings(findings)).toEqual([
      { kind: 'GitHub token', start: 0, end: 40 },
      { kind: 'other', start: 40, end: 50 },
    ]);
  });
});
