import { describe, expect, it } from 'vitest';
import { isDivided, passesThreshold, type Verdict } from '../../src/domain/verdict.ts';
import { learn, type Learned } from '../../src/judge/aggregate.ts';
import { ballotOfVerdict, combinePanel, inOrder, seatPanel, type Answer } from '../../src/judge/panel.ts';

const NOTHING: Learned = learn([]);

function answer(model: string, score: number, overrides: Partial<Answer> = {}): Answer {
  const criteria = [{ name: 'safety', score, evidence: `${model} says ${score}` }];
  return { model, order: 0, criteria, summary: `${model} sums up`, score, ...overrides };
}

function verdictOf(answers: Answer[], seats = answers.length, learned = NOTHING): Verdict {
  const combined = combinePanel(answers, { seats, threshold: 0.7, learned, proposedCharacters: 200 });
  if (combined === null) return { kind: 'missing', reason: 'no majority', threshold: 0.7 };
  return { kind: 'scored', ...combined, model: 'a', isSelfJudged: false, costMicroUsd: 0 };
}

describe('the seats of a panel', () => {
  it('go to every model once, then to every model in another order', () => {
    const seats = seatPanel(['a', 'b'], 5).map(({ model, order }) => `${model}${order}`);
    expect(seats).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
    expect(seatPanel(['a', 'b'], 1)).toEqual([{ model: 'a', order: 0 }]);
  });

  it('see the same items as given, reversed, then rotated', () => {
    const orders = [0, 1, 2, 3].map((order) => inOrder(['x', 'y', 'z'], order).join(''));
    expect(orders).toEqual(['xyz', 'zyx', 'yzx', 'xzy']);
    expect(inOrder([], 3)).toEqual([]);
  });
});

describe('a panel', () => {
  it('of one is that judge', () => {
    const verdict = verdictOf([answer('a', 0.7)]);
    expect(verdict).toMatchObject({ score: 0.7, agreement: 1, summary: 'a sums up', probability: null });
    expect(passesThreshold(verdict)).toBe(true);
  });

  it('gives the mean, says how far it agrees, and quotes whoever is nearest', () => {
    const verdict = verdictOf([answer('a', 0.9), answer('b', 0.8), answer('c', 0.4)]);
    expect(verdict).toMatchObject({ score: 0.7, summary: 'b sums up' });
    expect(verdict).toMatchObject({ criteria: [{ name: 'safety', score: 0.7, evidence: 'b says 0.8' }] });
    expect(verdict.kind === 'scored' && verdict.agreement).toBeCloseTo(2 / 3);
    expect(passesThreshold(verdict)).toBe(true);
  });

  it('passes nothing on a tie, however high the mean', () => {
    const verdict = verdictOf([answer('a', 1), answer('b', 0.69)]);
    expect(verdict).toMatchObject({ kind: 'scored', agreement: 0.5 });
    expect(isDivided(verdict)).toBe(true);
    expect(passesThreshold(verdict)).toBe(false);
  });

  it('passes nothing that most of it holds to be below the threshold', () => {
    const verdict = verdictOf([answer('a', 1), answer('b', 0.69), answer('c', 0.69)]);
    expect(verdict).toMatchObject({ score: 0.793333333 });
    expect(passesThreshold(verdict)).toBe(false);
  });

  it('passes nothing below the threshold that most of it holds to be above', () => {
    expect(passesThreshold(verdictOf([answer('a', 0.7), answer('b', 0.7), answer('c', 0)]))).toBe(false);
  });

  it('goes on without a silent member where a majority has spoken, and has no verdict else', () => {
    expect(verdictOf([answer('a', 0.8), answer('b', 0.8)], 3).kind).toBe('scored');
    expect(verdictOf([answer('a', 0.8)], 2).kind).toBe('missing');
    expect(verdictOf([], 1).kind).toBe('missing');
  });

  it('reaches a threshold that all of it just reaches', () => {
    const verdict = verdictOf([0, 1, 2].map((order) => answer('a', 0.7, { order })));
    expect(passesThreshold(verdict)).toBe(true);
  });

  it('counts a judge below chance here for nothing, in the score and in the majority', () => {
    const decisions = Array.from({ length: 60 }, (_, index) => {
      const isAccepted = index % 2 === 0;
      const votes = [
        { judge: 'good', score: isAccepted ? 0.9 : 0.3 },
        { judge: 'contrary', score: isAccepted ? 0.3 : 0.9 },
      ];
      return { ballot: { votes, logLength: null }, isAccepted, weight: 1 };
    });
    const verdict = verdictOf([answer('good', 0.9), answer('contrary', 0.2)], 2, learn(decisions));
    expect(verdict).toMatchObject({ score: 0.9, agreement: 1, decisions: 60 });
    expect(passesThreshold(verdict)).toBe(true);
    expect(verdict.kind === 'scored' && (verdict.probability ?? 0)).toBeGreaterThan(0.8);
  });
});

describe('a recorded verdict', () => {
  it('is a ballot again, with one vote for each member', () => {
    const verdict = verdictOf([answer('a', 0.9), answer('a', 0.5, { order: 1 })]);
    if (verdict.kind !== 'scored') throw new Error('no score');
    expect(ballotOfVerdict(verdict)).toEqual({
      votes: [
        { judge: 'a', score: 0.9 },
        { judge: 'a', score: 0.5 },
      ],
      logLength: Math.log(200),
    });
  });

  it('of an earlier build is one vote of unknown length', () => {
    const old: Verdict = {
      kind: 'scored',
      criteria: [],
      summary: '',
      score: 0.8,
      threshold: 0.7,
      model: 'a',
      isSelfJudged: false,
      costMicroUsd: 0,
    };
    expect(ballotOfVerdict(old)).toEqual({ votes: [{ judge: 'a', score: 0.8 }], logLength: null });
    expect(passesThreshold(old)).toBe(true);
  });
});
