import { describe, expect, it } from 'vitest';
import { describeJudges } from '../../../src/hosts/cli/judge.ts';
import { judgeReport, type Judged } from '../../../src/judge/report.ts';

const judged: Judged = { agent: 'fixer', isPassed: true, isAccepted: true, score: 0.8, probability: null };

function reportOf(...all: Judged[]) {
  return { tenantId: 11, repository: 'octo/shop', report: judgeReport(all) };
}

describe('muster judge report', () => {
  it('says agreement, calibration and the confusion of each agent', () => {
    const declined = { ...judged, agent: 'triager', isAccepted: false };
    const lines = describeJudges([reportOf(judged, judged, judged, declined)]);
    expect(lines).toEqual([
      'octo/shop (11): 4 decisions, agreement 75 %, kappa 0.00',
      '  fewer than 20 decisions: the plain mean of the judges counts, nothing is learned yet',
      '  calibration error 0.05 (of 0 learned probabilities and 4 plain scores)',
      '  said        decisions  mean said  accepted',
      '  0.8 to 0.9  4          0.80       75 %',
      '  agent    passed+accepted  passed+declined  failed+accepted  failed+declined  kappa',
      '  fixer    3                0                0                0                –',
      '  triager  0                1                0                0                0.00',
    ]);
  });

  it('says so where nobody has decided', () => {
    expect(describeJudges([reportOf()])).toEqual(['nobody has decided on a judged proposal yet']);
  });

  it('has no word of learning once there are enough decisions', () => {
    const lines = describeJudges([
      reportOf(...Array.from({ length: 20 }, () => ({ ...judged, probability: 0.9 }))),
    ]);
    expect(lines.join('\n')).not.toContain('fewer than');
    expect(lines[1]).toBe('  calibration error 0.10 (of 20 learned probabilities and 0 plain scores)');
  });
});
