import { describe, expect, it } from 'vitest';
import { readVerdict } from '../../src/judge/read-verdict.ts';
import { rubricOf } from '../../src/judge/rubric.ts';

const criteria = [
  { name: 'minimal', description: 'small' },
  { name: 'safety', description: 'safe' },
];
const material = 'The loop ends at `index <= length`,\n  one too far.';
const entry = (name: string, score: number, evidence = 'index <= length') => ({ name, score, evidence });
const read = (entries: unknown[], text?: string) =>
  readVerdict(text ?? JSON.stringify({ criteria: entries, summary: 's' }), criteria, material);

describe('the judge’s answer', () => {
  it('is the mean of its scores', () => {
    expect(read([entry('minimal', 1), entry('safety', 0.5)])).toMatchObject({ kind: 'read', score: 0.75 });
  });

  it('scores 0 where the evidence does not occur in the material', () => {
    expect(read([entry('minimal', 1, 'something else'), entry('safety', 1)])).toMatchObject({ score: 0.5 });
    expect(read([entry('minimal', 1, ''), entry('safety', 1)])).toMatchObject({ score: 0.5 });
  });

  it('forgives spacing and quotation marks in a quotation', () => {
    expect(
      read([entry('minimal', 1, '“index  <=\nlength`, one too far”'), entry('safety', 1)]),
    ).toMatchObject({ score: 1 });
  });

  it.each([
    ['a missing criterion', [entry('minimal', 1)]],
    ['two scores for one', [entry('minimal', 1), entry('minimal', 0), entry('safety', 1)]],
    ['a score above 1', [entry('minimal', 2), entry('safety', 1)]],
    ['a score that is text', [{ name: 'minimal', score: '1', evidence: 'x' }, entry('safety', 1)]],
  ])('is unreadable with %s', (_what, entries) => {
    expect(read(entries).kind).toBe('unreadable');
  });

  it.each(['', 'Looks good to me!', '{', '[]', 'null', '{"criteria":[]}'])('is unreadable as %j', (text) => {
    expect(read([], text).kind).toBe('unreadable');
  });

  it('is read from a fenced block too', () => {
    const text = `\`\`\`json\n${JSON.stringify({ criteria: [entry('minimal', 1), entry('safety', 1)], summary: '' })}\n\`\`\``;
    expect(read([], text).kind).toBe('read');
  });
});

describe('the rubric', () => {
  it('always has the safety criterion, which an agent file cannot redefine', () => {
    const rubric = rubricOf({ judge: { threshold: null, criteria: { safety: 'anything goes', own: 'x' } } });
    expect(rubric.map((criterion) => criterion.name)).toEqual(['own', 'safety']);
    expect(rubric[1]?.description).not.toContain('anything goes');
  });
});
