import { describe, expect, it } from 'vitest';
import {
  describeCosts,
  describeNotes,
  describeRuns,
  describeShown,
} from '../../../src/hosts/cli/history-text.ts';
import { durationWords } from '../../../src/publish/words.ts';

const RUN = {
  tenantId: 7,
  repository: 'acme/shop',
  runId: 'r_aaaaaaaaaaaa',
  work: 'agent:fixer',
  subject: 5,
  state: 'failed',
  reason: 'no\nmodel',
  costMicroUsd: 120_000,
  createdAt: '2026-11-22T12:00:00.000Z',
};

describe('what people read of the database', () => {
  it.each([
    [-3, '0 ms'],
    [850, '850 ms'],
    [12_340, '12.3 s'],
    [245_000, '4 min 05 s'],
    [7_380_000, '2 h 03 min'],
  ])('says %i as %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });

  it('is a line for each run', () => {
    const [, line] = describeRuns([RUN]);
    expect(line).toBe(
      'r_aaaaaaaaaaaa  failed  agent:fixer  acme/shop#5  2026-11-22 12:00 UTC  $0.12  no model',
    );
  });

  it('is a run with what to do next, and its timeline from the start', () => {
    const failure = { kind: 'x', message: 'm', tried: [], next: '`/retry`' };
    const entry = {
      at: '2026-11-22T12:00:02.500Z',
      kind: 'ledger' as const,
      who: 'fixer',
      what: 'r0/turn-1#1.1',
      detail: 'a model',
      durationMs: null,
      costMicroUsd: 4_000,
      attempt: 1,
    };
    const lines = describeShown({ ...RUN, failure, view: null, timeline: [entry] });
    expect(lines[0]).toBe('r_aaaaaaaaaaaa  agent:fixer for acme/shop#5: failed, $0.12');
    expect(lines).toContain('next    `/retry`');
    expect(lines.at(-1)?.split(/ {2,}/)).toEqual([
      '+2.5 s',
      'ledger',
      'fixer',
      'r0/turn-1#1.1',
      '$0.0040',
      'a model',
    ]);
  });

  it('sums the costs of a repository', () => {
    const line = { work: 'agent:fixer', model: 'a/b', runs: 2, calls: 9, costMicroUsd: 30_000 };
    const windows = [{ window: 'day:2026-11-22', usedMicroUsd: 60_000 }];
    const lines = describeCosts([
      { tenantId: 7, repository: 'acme/shop', lines: [line, { ...line, work: 'agent:other' }], windows },
    ]);
    expect(lines[0]).toBe('acme/shop (7): $0.06');
    expect(lines.at(-1)).toBe('  day:2026-11-22: $0.06');
  });

  it('says so where there is nothing', () => {
    expect([...describeRuns([]), ...describeCosts([]), ...describeNotes([])]).toEqual([
      'no runs yet',
      'nothing was spent yet',
      'nothing is remembered yet',
    ]);
  });
});
