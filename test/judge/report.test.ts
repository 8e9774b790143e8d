import { describe, expect, it } from 'vitest';
import { judgeReport, type Judged } from '../../src/judge/report.ts';

function judged(overrides: Partial<Judged> = {}): Judged {
  return { agent: 'fixer', isPassed: true, isAccepted: true, score: 0.8, probability: null, ...overrides };
}

const many = (count: number, overrides: Partial<Judged>) =>
  Array.from({ length: count }, () => judged(overrides));

describe('the report on the judges', () => {
  it("gives Cohen's kappa of his own kind of table", () => {
    const report = judgeReport([
      ...many(20, {}),
      ...many(5, { isAccepted: false }),
      ...many(10, { isPassed: false }),
      ...many(15, { isPassed: false, isAccepted: false }),
    ]);
    expect(report).toMatchObject({ decisions: 50, agreed: 0.7 });
    expect(report.kappa).toBeCloseTo(0.4);
  });

  it('is 1 for the same judgement, 0 for chance, below 0 for worse', () => {
    const no = { isPassed: false, isAccepted: false };
    expect(judgeReport([...many(5, {}), ...many(5, no)]).kappa).toBe(1);
    const chance = [judged(), judged(no), judged({ isPassed: false }), judged({ isAccepted: false })];
    expect(judgeReport(chance).kappa).toBe(0);
    expect(judgeReport([judged({ isPassed: false }), judged({ isAccepted: false })]).kappa).toBe(-1);
  });

  it('has no kappa where both always said the same one thing, nor of nothing', () => {
    expect(judgeReport(many(9, {}))).toMatchObject({ agreed: 1, kappa: null });
    expect(judgeReport([])).toMatchObject({
      decisions: 0,
      agreed: null,
      kappa: null,
      calibrationError: null,
    });
  });

  it('keeps the confusion of each agent apart', () => {
    const { agents } = judgeReport([
      judged(),
      judged({ agent: 'a', isAccepted: false }),
      judged({ agent: 'a' }),
    ]);
    expect(
      agents.map(({ agent, passedAccepted, passedDeclined }) => [agent, passedAccepted, passedDeclined]),
    ).toEqual([
      ['a', 1, 1],
      ['fixer', 1, 0],
    ]);
  });

  it('measures the learned probability where there is one, else the score', () => {
    const report = judgeReport([judged({ probability: 0.65, score: 0.95 }), judged({ score: 0.95 })]);
    expect(report.learned).toBe(1);
    expect(report.calibration.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
    expect(report.calibrationError).toBeCloseTo((0.35 + 0.05) / 2);
  });
});
