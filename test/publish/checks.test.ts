import { describe, expect, it } from 'vitest';
import { CHECK_NAMES, renderCostCheck, renderGateCheck, renderJudgeCheck } from '../../src/publish/checks.ts';
import { combineChecks } from '../../src/publish/combine-checks.ts';
import { RUN_STATES } from '../../src/domain/run.ts';
import type { RunView } from '../../src/domain/run-view.ts';
import { renderTrackingComment } from '../../src/publish/tracking-comment.ts';
import { anEffect, aRun, aView, doneView, PASSED, SPEND } from './fixtures.ts';
import { VIEWS } from './views.ts';

function panelVerdict(scores: number[]): NonNullable<RunView['verdict']> {
  const panel = scores.map((score, order) => ({
    model: PASSED.model,
    order,
    score,
    share: 1 / scores.length,
  }));
  const passing = scores.filter((score) => score >= PASSED.threshold).length / scores.length;
  return { ...PASSED, score: 0.8, panel, agreement: Math.max(passing, 1 - passing) };
}

describe.each(Object.keys(VIEWS))('the checks of a run: %s', (name) => {
  it('look as the golden file says', async () => {
    const view = VIEWS[name] ?? aView('queued');
    const checks = [renderJudgeCheck(view), renderCostCheck(view), renderGateCheck(view)];
    const text = checks.map(
      ({ summary, ...rest }, index) => `# ${CHECK_NAMES[index]}\n\n${JSON.stringify(rest)}\n\n${summary}\n`,
    );
    await expect(text.join('\n')).toMatchFileSnapshot(`golden/checks-${name}.md`);
  });
});

describe('muster/judge', () => {
  it('is success at the threshold and failure right below', () => {
    const at = aView('waiting', { verdict: { ...PASSED, score: 0.75 } });
    const below = aView('waiting', { verdict: { ...PASSED, score: 0.7499 } });
    expect(renderJudgeCheck(at).conclusion).toBe('success');
    expect(renderJudgeCheck(below)).toMatchObject({
      conclusion: 'failure',
      title: 'Below: 0.74, threshold 0.75',
    });
  });

  it('shows what each judge of a panel said, and how far they agree', () => {
    const { title, summary } = renderJudgeCheck(aView('waiting', { verdict: panelVerdict([0.9, 0.8, 0.4]) }));
    expect(title).toBe('Passed: 0.80, threshold 0.75, agreement 67 %');
    expect(summary).toContain('Agreement **67 %**.');
    expect(summary).toContain('| `openai/gpt-5` | other order 2 | 0.40 | 33 % |');
  });

  it('is failure where the judges are divided, whatever their mean', () => {
    const { conclusion, title, summary } = renderJudgeCheck(
      aView('waiting', { verdict: panelVerdict([1, 0.6]) }),
    );
    expect(conclusion).toBe('failure');
    expect(title).toBe('Divided: 0.80, threshold 0.75, agreement 50 %');
    expect(summary).toContain('no majority reaches the threshold');
  });

  it('says whether anything was learned from people', () => {
    const summaryOf = (probability: number | null, decisions: number) =>
      renderJudgeCheck(aView('waiting', { verdict: { ...PASSED, probability, decisions } })).summary;
    expect(summaryOf(null, 7)).toContain('Plain mean: nothing is learned from fewer than 20 decisions');
    expect(summaryOf(0.83, 42)).toContain('a probability of **83 %**, as 42 decisions here say');
    expect(renderJudgeCheck(aView('waiting', { verdict: PASSED })).summary).not.toContain('decisions');
  });

  it('is failure without a verdict, and neutral where there was nothing to judge', () => {
    const missing = aView('waiting', { verdict: { kind: 'missing', reason: 'no answer', threshold: 0.7 } });
    expect(renderJudgeCheck(missing).conclusion).toBe('failure');
    expect(renderJudgeCheck(aView('done')).conclusion).toBe('neutral');
  });

  it('is failure for a run that was billed and failed before it was judged', () => {
    expect(renderJudgeCheck(aView('failed', { spend: SPEND })).conclusion).toBe('failure');
    expect(renderJudgeCheck(aView('failed')).conclusion).toBe('neutral');
  });
});

describe('muster/cost', () => {
  it('is failure where the cap stopped the run', () => {
    const failure = { kind: 'budget', message: 'cap', tried: [], next: 'ask for less' };
    expect(renderCostCheck(aView('failed', { failure })).conclusion).toBe('failure');
  });

  it.each<[string, Partial<RunView>]>([
    ['ended the work', { cutShort: { by: 'budget', reason: "the run's cap was used up after 3 turns" } }],
    [
      'left nothing for the judge',
      { verdict: { kind: 'missing', reason: 'r', threshold: 0.7, exhausted: "the run's cap" } },
    ],
    ['left nothing for one of the panel', { verdict: { ...PASSED, exhausted: "the run's cap" } }],
  ])('is failure where a budget %s, and the run published all the same', (_what, view) => {
    expect(renderCostCheck(doneView(view))).toMatchObject({
      conclusion: 'failure',
      title: 'Stopped at $0.05, quote $0.04 to $0.31, capped at $0.50',
      summary: expect.stringContaining("the run's cap"),
    });
    expect(renderCostCheck(doneView({ ...view, run: aRun('waiting') })).conclusion).toBeNull();
    expect(renderTrackingComment(doneView(view))).toMatch(/^⚠️ .*the run's cap/m);
  });

  it.each(['time', 'turns'] as const)('is success where the %s alone ended the work, which is told', (by) => {
    const view = doneView({ cutShort: { by, reason: 'all 3 turns were used' } });
    expect(renderCostCheck(view).conclusion).toBe('success');
    expect(renderTrackingComment(view)).toContain('⚠️ Stopped early: all 3 turns were used.');
  });

  it('is success only once everything was read back', () => {
    expect(renderCostCheck(doneView()).conclusion).toBe('success');
    expect(renderCostCheck(doneView({ effects: [anEffect('unknown')] })).conclusion).toBe('failure');
    expect(renderCostCheck(aView('waiting', { spend: SPEND })).conclusion).toBeNull();
  });

  it('shows the budgets of day and month in private repositories only', () => {
    const budgets = {
      dayMicroUsd: 20_000_000,
      daySpentMicroUsd: 1_000_000,
      monthMicroUsd: 200_000_000,
      monthSpentMicroUsd: 3_000_000,
    };
    expect(renderCostCheck(doneView({ budgets })).summary).toContain('$1.00 of $20.00');
    const open = renderCostCheck(doneView({ budgets, isPrivateRepository: false }));
    expect(open.summary).not.toContain('$20.00');
    expect(open.summary).toContain('capped at $0.50');
  });
});

describe('muster/gate', () => {
  it('asks for action with three buttons while it waits', () => {
    const view = VIEWS['waiting-draft'] ?? aView('waiting');
    const check = renderGateCheck(view);
    expect(check.conclusion).toBe('action_required');
    expect(check.actions.map((action) => action.identifier)).toEqual(['approve', 'reject', 'retry']);
  });

  it('is green only after every effect was read back', () => {
    expect(renderGateCheck(doneView()).conclusion).toBe('success');
    for (const state of ['intended', 'failed', 'unknown'] as const) {
      const check = renderGateCheck(doneView({ effects: [anEffect('verified'), anEffect(state)] }));
      expect(check.conclusion).toBe('failure');
    }
  });

  it('is green where only the whole text of a proposal was not read back, which the comment tells', () => {
    const keeping = { ...anEffect('unknown'), key: 'keep:p1', kind: 'whole_text' };
    const view = doneView({ effects: [anEffect('verified'), keeping] });
    expect(renderGateCheck(view).conclusion).toBe('success');
    expect(renderCostCheck(view).conclusion).toBe('success');
    expect(renderTrackingComment(view)).toMatch(/^- ⚠️ .*whole text/m);
    expect(renderGateCheck(doneView({ effects: [keeping] })).conclusion).toBe('failure');
  });

  it('is failure for a run that was billed and published nothing', () => {
    expect(renderGateCheck(doneView({ effects: [] })).conclusion).toBe('failure');
    expect(renderGateCheck(doneView({ effects: [anEffect('skipped')] })).conclusion).toBe('failure');
  });

  it('is failure where a proposal was blocked', () => {
    const decisions = [
      { proposalId: 'p2', kind: 'labels' as const, value: 'block' as const, reasons: ['x'] },
    ];
    expect(renderGateCheck(doneView({ decisions })).conclusion).toBe('failure');
  });

  it.each(['review', 'approve'] as const)('is failure where nobody approved what was to `%s`', (value) => {
    const decisions = [{ proposalId: 'p2', kind: 'pull_request' as const, value, reasons: ['x'] }];
    const approvals = [{ login: 'bob', at: '2026-11-22T12:00:00Z', via: 'review' as const }];
    expect(renderGateCheck(doneView({ decisions })).conclusion).toBe('failure');
    expect(renderGateCheck(doneView({ decisions, approvals })).conclusion).toBe('success');
  });

  it('is success for a run that found nothing to do', () => {
    expect(renderGateCheck(aView('done', { spend: SPEND })).conclusion).toBe('success');
  });

  it.each([
    ['rejected', 'failure'],
    ['expired', 'failure'],
    ['refused', 'failure'],
    ['failed', 'failure'],
    ['cancelled', 'cancelled'],
  ] as const)('of a %s run is %s', (state, conclusion) => {
    expect(renderGateCheck(aView(state)).conclusion).toBe(conclusion);
  });

  it('offers another try of a failed run', () => {
    expect(renderGateCheck(aView('failed')).actions).toMatchObject([{ identifier: 'retry' }]);
  });

  it('is never neutral, and never green for a dry run', () => {
    for (const state of RUN_STATES) {
      for (const view of [aView(state), doneView({ run: aRun(state) })]) {
        expect(renderGateCheck(view).conclusion).not.toBe('neutral');
      }
    }
    expect(renderGateCheck(doneView({ isDryRun: true, effects: [] })).conclusion).toBe('cancelled');
  });
});

describe('annotations', () => {
  const headSha = 'b'.repeat(40);
  const lines = [{ criterion: 'minimal', path: 'src/cart.ts', startLine: 3, endLine: 4 }];
  const quoting = (overrides: Partial<RunView> = {}) =>
    doneView({ headSha, quotes: { headSha, of: 'digest', lines }, ...overrides });

  it('stand on the lines that the judge quotes, with criterion, score and evidence', () => {
    expect(renderJudgeCheck(quoting()).annotations).toEqual([
      {
        path: 'src/cart.ts',
        startLine: 3,
        endLine: 4,
        level: 'notice',
        title: 'minimal: 0.82',
        message: 'The judge gave 0.82 for this: one line changed in src/cart.ts',
      },
    ]);
    const poor = { ...PASSED, threshold: 0.85 };
    expect(renderJudgeCheck(quoting({ verdict: poor })).annotations).toMatchObject([{ level: 'warning' }]);
    expect(renderGateCheck(quoting()).annotations).toEqual([]);
  });

  it('are none where the lines are of another head', () => {
    expect(renderJudgeCheck(quoting({ headSha: 'c'.repeat(40) })).annotations).toEqual([]);
  });

  it('of several runs keep their order when a run joins', () => {
    const createdAt = '2026-11-22T10:00:00Z';
    const older = quoting({ run: aRun('done', { createdAt }), verdict: { ...PASSED, threshold: 0.85 } });
    const { annotations } = combineChecks('muster/judge', [quoting(), older]);
    expect(annotations.map(({ level }) => level)).toEqual(['warning', 'notice']);
  });
});
