import { describe, expect, it } from 'vitest';
import { renderCostCheck } from '../../src/publish/checks.ts';
import { combineChecks } from '../../src/publish/combine-checks.ts';
import { aRun, aView, doneView, RUN_ID } from './fixtures.ts';

describe('combineChecks', () => {
  const older = doneView({ run: aRun('done', { createdAt: '2026-11-22T10:00:00Z' }) });
  const request = { ...aRun('waiting').request, runId: 'r_zzzzzzzzzzzz' };
  const newer = aView('waiting', { run: aRun('waiting', { request, createdAt: '2026-11-22T12:00:00Z' }) });

  it('is the check of the run where there is one', () => {
    expect(combineChecks('muster/cost', [older])).toEqual(renderCostCheck(older));
  });

  it('takes the worst conclusion, a row for each run, ids newest first, and the buttons', () => {
    const check = combineChecks('muster/gate', [older, newer]);
    expect(check.conclusion).toBe('action_required');
    expect(check.externalId).toBe(`r_zzzzzzzzzzzz,${RUN_ID}`);
    expect(check.summary).toContain('| `root-cause` | `r_zzzzzzzzzzzz` | action_required |');
    expect(check.summary).toContain(`| \`root-cause\` | \`${RUN_ID}\` | success |`);
    expect(check.actions).toHaveLength(3);
  });

  it('keeps the buttons of a run that waits beside one that failed', () => {
    for (const createdAt of ['2026-11-22T10:00:00Z', '2026-11-22T13:00:00Z']) {
      const failed = aView('failed', { run: aRun('failed', { createdAt }) });
      const check = combineChecks('muster/gate', [failed, newer]);
      expect(check.conclusion).toBe('failure');
      expect(check.actions).toHaveLength(3);
    }
  });

  it('is not completed while a run goes on beside one that passed', () => {
    const check = combineChecks('muster/gate', [older, aView('working')]);
    expect(check).toMatchObject({ status: 'in_progress', conclusion: null });
  });

  it('gives a run that found nothing to do no gate of its own', () => {
    const check = combineChecks('muster/gate', [older, aView('done')]);
    expect(check.summary).not.toContain('| outcome |');
    expect(check.conclusion).toBe('success');
  });

  it('has an open gate where no run works', () => {
    expect(combineChecks('muster/gate', [])).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(combineChecks('muster/judge', []).conclusion).toBe('neutral');
  });
});
