import { describe, expect, it } from 'vitest';
import { fingerprintOf, isDeclining, isSameFinding } from '../../src/domain/finding.ts';

const TEXT = 'export function untax(total, rate) {\n  return total / rate;\n}\n';

function fingerprint(
  overrides: { text?: string; line?: number; body?: string; path?: string; agent?: string } = {},
) {
  const {
    text = TEXT,
    line = 2,
    body = 'Divides by zero.',
    path = 'src/tax.js',
    agent = 'reviewer',
  } = overrides;
  return fingerprintOf({ agent, path, line, body }, text) ?? 'none';
}

const isSame = (overrides: Parameters<typeof fingerprint>[0]) =>
  isSameFinding(fingerprint(), fingerprint(overrides));

describe('a finding is the same', () => {
  it.each([
    ['however it is worded', { body: 'When the rate is 0 this gives Infinity.' }],
    ['where the line has moved', { text: `// a\n// b\n\n${TEXT}`, line: 5 }],
    [
      'where the code is only formatted anew',
      { text: TEXT.replace('  return', '\treturn ').replace('\n}', '\n\n}') },
    ],
    ['with Windows line ends', { text: TEXT.replaceAll('\n', '\r\n') }],
    ['where only one of the two says its kind', { body: '**Wrong result.** Divides by zero.' }],
  ])('%s', (_name, overrides) => {
    expect(isSame(overrides)).toBe(true);
  });

  it.each([
    ['whose line has changed', { text: TEXT.replace('/ rate', '/ (rate || 1)') }],
    ['whose neighbour has changed', { text: TEXT.replace('rate)', 'rate = 1)') }],
    ['in another file', { path: 'src/other.js' }],
    ['of another agent', { agent: 'security-auditor' }],
    ['on another line', { line: 1 }],
  ])('but not one %s', (_name, overrides) => {
    expect(isSame(overrides)).toBe(false);
  });

  it.each(['**Wrong result:** x', '**wrong  result**: y', '[Wrong result] z', '  **Wrong-Result** w'])(
    'by its kind in front of the text: %s',
    (body) => {
      expect(isSameFinding(fingerprint({ body: '**Wrong result:** a' }), fingerprint({ body }))).toBe(true);
      expect(isSameFinding(fingerprint({ body: '**Untested:** a' }), fingerprint({ body }))).toBe(false);
    },
  );

  it.each([
    '**This gives Infinity for every rate of 0.** So',
    '[a link](https://example.com)',
    'a **bold** word',
    '****',
  ])('whatever is no kind stands in front: %s', (body) => {
    expect(fingerprint({ body })).toMatch(/^[a-z2-7]{16}:-$/);
  });

  it('can be told of no line that the file does not have', () => {
    for (const line of [0, -1, 99]) expect(fingerprint({ line })).toBe('none');
    expect(fingerprint({ text: '', line: 1 })).not.toBe('none');
  });

  it('stays one word whatever stands in its label', () => {
    expect(fingerprint({ body: '**a --> <!-- b:c** x' })).toMatch(/^[a-z2-7]{16}:a-b-c$/);
  });
});

describe('an answer declines', () => {
  it.each([
    "won't fix",
    'Won’t fix: out of scope.',
    'wontfix',
    'This is by design, see #3.',
    'By-design.',
    'Declined.',
  ])('%s', (answer) => {
    expect(isDeclining(answer)).toBe(true);
  });

  it.each(['Fixed in abc.', '> won’t fix\n\nWhy not?', 'What a design!', 'I will fix it.', ''])(
    'but not: %s',
    (answer) => {
      expect(isDeclining(answer)).toBe(false);
    },
  );
});
