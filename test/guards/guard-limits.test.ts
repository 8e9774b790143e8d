import { describe, expect, it } from 'vitest';
import { applyLimits } from '../../src/guards/guard-limits.ts';
import type { Proposal } from '../../src/domain/proposal.ts';
import { comment } from './samples.ts';

const labels = (id: string, add: string[], remove: string[] = []): Proposal => ({
  kind: 'labels',
  id,
  add,
  remove,
});

describe('applyLimits', () => {
  it('keeps the first of a kind, and says what it dropped', () => {
    const { proposals, findings } = applyLimits([comment('a', 'p1'), comment('b', 'p2')], {
      comment: { max: 1 },
    });
    expect(proposals.map(({ id }) => id)).toEqual(['p1']);
    expect(findings).toMatchObject([{ proposalId: 'p2', outcome: 'blocked' }]);
  });

  it('drops a kind that the agent file does not list, but for notes', () => {
    const note: Proposal = { kind: 'notes', id: 'p2', notes: [{ text: 'x', kind: 'fact' }] };
    expect(applyLimits([comment('a'), note], {}).proposals).toEqual([note]);
    expect(applyLimits([note], { notes: { max: 0 } }).proposals).toEqual([]);
  });

  it('counts labels by name, over all proposals', () => {
    const { proposals, findings } = applyLimits(
      [labels('p1', ['a', 'b']), labels('p2', ['c'], ['d', 'e']), labels('p3', ['f'])],
      { labels: { max: 4 } },
    );
    expect(proposals).toEqual([labels('p1', ['a', 'b']), labels('p2', ['c'], ['d'])]);
    expect(findings.map(({ proposalId, outcome }) => [proposalId, outcome])).toEqual([
      ['p2', 'cleaned'],
      ['p3', 'blocked'],
    ]);
  });

  it('counts what earlier rounds published', () => {
    const limits = { comment: { max: 2 }, labels: { max: 3 } };
    const published = [comment('a'), labels('p2', ['a', 'b'])];
    const again = [comment('b', 'p1'), comment('c', 'p2'), labels('p3', ['c', 'd'])];
    const { proposals } = applyLimits(again, limits, published);
    expect(proposals).toEqual([comment('b', 'p1'), labels('p3', ['c'])]);
  });

  it('is idempotent', () => {
    const limits = { comment: { max: 1 }, labels: { max: 1 } };
    const once = applyLimits([comment('a'), comment('b', 'p2'), labels('p3', ['a', 'b'])], limits);
    expect(applyLimits(once.proposals, limits)).toEqual({ proposals: once.proposals, findings: [] });
  });
});
