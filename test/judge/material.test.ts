import { describe, expect, it } from 'vitest';
import { isSeenWhole, judgeMaterial, type MaterialParts } from '../../src/judge/material.ts';

const LONG = 'x'.repeat(60_001);
const OVERLONG = 'x'.repeat(131_073);

function parts(overrides: Partial<MaterialParts> = {}): MaterialParts {
  return { task: 'Why?', proposals: [], diff: '+a', commandOutputs: [], ...overrides };
}

const quotes = { quote: (text: string) => text, quoteCode: (text: string) => text };

describe("the judge's material", () => {
  it('is whole with all of the change in it, however much of the rest is left out', () => {
    expect(isSeenWhole(parts())).toBe(true);
    expect(isSeenWhole(parts({ task: LONG, commandOutputs: [LONG] }))).toBe(true);
    const proposals: MaterialParts['proposals'] = [{ id: 'p1', kind: 'comment', body: LONG }];
    expect(isSeenWhole(parts({ proposals }))).toBe(true);
    expect(judgeMaterial(parts({ proposals }), quotes)).toContain(LONG);
  });

  it.each<[string, Partial<MaterialParts>]>([
    ['a diff that is cut', { diff: LONG }],
    ['a proposal that is cut', { proposals: [{ id: 'p1', kind: 'comment', body: OVERLONG }] }],
    ['a file that is only named', { isWhole: false }],
  ])('is a part with %s', (_what, overrides) => {
    expect(isSeenWhole(parts(overrides))).toBe(false);
  });

  it('says what it leaves out', () => {
    const diff = `first${LONG}last`;
    const material = judgeMaterial(parts({ diff }), quotes);
    expect(material).toMatch(/first.*\[10 characters left out\].*last/s);
  });
});
