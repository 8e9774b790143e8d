import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../src/domain/run.ts';
import { hasFailed, outputsOf } from '../../../src/hosts/action/result.ts';
import { renderSummary } from '../../../src/hosts/action/summary.ts';
import type { StoredRun } from '../../../src/runs/tables/run-rows.ts';
import { aView, PASSED, PULL_REQUEST, SPEND } from '../../publish/fixtures.ts';

function stored(state: RunState, overrides: Parameters<typeof aView>[1] = {}): StoredRun {
  const view = aView(state, overrides);
  return { run: view.run, view };
}

describe('outputsOf', () => {
  it('tells a run in single values, and every run in the result', () => {
    const run = stored('done', { spend: SPEND, verdict: PASSED, pullRequest: PULL_REQUEST });
    const outputs = outputsOf('run r_a', [run]);
    expect(outputs).toMatchObject({
      'run-id': run.run.request.runId,
      state: 'done',
      'pull-request': String(PULL_REQUEST.number),
    });
    expect(Number(outputs['cost-usd'])).toBeGreaterThan(0);
    expect(Number(outputs['judge-score'])).toBeGreaterThan(0);
    expect(JSON.parse(outputs.result)).toMatchObject({ outcome: 'run r_a', runs: [{ state: 'done' }] });
  });

  it('is empty where nothing ran', () => {
    const { result, ...values } = outputsOf('ignored: no label', []);
    expect(new Set(Object.values(values))).toEqual(new Set(['']));
    expect(JSON.parse(result)).toEqual({ outcome: 'ignored: no label', runs: [] });
  });

  it('shows the run that failed rather than the one before it', () => {
    expect(outputsOf('', [stored('done'), stored('failed')]).state).toBe('failed');
  });

  it('tells of a run that broke before it could be shown', () => {
    const { run } = stored('failed');
    expect(outputsOf('', [{ run, view: null }])).toMatchObject({ state: 'failed', 'cost-usd': '0' });
  });
});

describe('hasFailed', () => {
  it.each([
    ['failed', true],
    ['refused', true],
    ['done', false],
    ['waiting', false],
    ['rejected', false],
    ['cancelled', false],
    ['expired', false],
  ] as const)('takes %s as %s', (state, expected) => {
    expect(hasFailed(stored(state))).toBe(expected);
  });
});

describe('renderSummary', () => {
  it('shows the three tables of each run', () => {
    const summary = renderSummary('', [stored('done', { spend: SPEND, verdict: PASSED }), stored('failed')]);
    for (const name of ['muster/judge', 'muster/cost', 'muster/gate']) {
      expect(summary.split(`\`${name}\``)).toHaveLength(3);
    }
    expect(summary).toContain('| criterion | score | evidence |');
    expect(summary).toContain('| step | cost |');
  });

  it('keeps what others wrote from becoming markup', () => {
    const outcome = 'answered: <img src=x onerror=1> [a](http://evil.example)';
    const hostile = /<img|\]\(http:\/\/evil/;
    expect(renderSummary(outcome, [])).not.toMatch(hostile);
    const { run, view } = stored('failed');
    const summary = renderSummary('', [{ run: { ...run, reason: outcome }, view }]);
    expect(summary).not.toMatch(hostile);
  });

  it('stays below what GitHub takes', () => {
    const runs = Array.from({ length: 400 }, () => stored('done', { spend: SPEND, verdict: PASSED }));
    expect(Buffer.byteLength(renderSummary('', runs))).toBeLessThan(1_048_576);
  });
});
