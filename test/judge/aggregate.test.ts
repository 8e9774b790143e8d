import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_DECISIONS } from '../../src/domain/verdict.ts';
import { combine, learn, type Ballot, type Decided } from '../../src/judge/aggregate.ts';
import { seededRandom } from '../support/random.ts';

function ballot(scores: Record<string, number | null>, logLength: number | null = null): Ballot {
  return { votes: Object.entries(scores).map(([judge, score]) => ({ judge, score })), logLength };
}

type Habit = (isAccepted: boolean, random: () => number) => number;

/** Right as often as said: its score lies above one half exactly where people accept. */
const rightOf =
  (accuracy: number): Habit =>
  (isAccepted, random) =>
    random() < accuracy === isAccepted ? 0.9 : 0.4;

function history(count: number, habits: Record<string, Habit>, seed = 1): Decided[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const isAccepted = random() < 0.6;
    const scores = Object.entries(habits).map(([judge, habit]) => [judge, habit(isAccepted, random)]);
    return { ballot: ballot(Object.fromEntries(scores)), isAccepted, weight: 1 };
  });
}

function probability(decisions: Decided[], asked: Ballot): number {
  return combine(asked, learn(decisions)).probability ?? Number.NaN;
}

/** Share of later decisions that it foresaw. */
function accuracy(habits: Record<string, Habit>, count = 300): number {
  const learned = learn(history(count, habits, 3));
  const later = history(1_000, habits, 4);
  const right = later.filter(
    (decided) => (combine(decided.ballot, learned).probability ?? 0) > 0.5 === decided.isAccepted,
  );
  return right.length / later.length;
}

describe('with fewer than 20 decisions', () => {
  it('is the plain mean of the judges, and gives no probability', () => {
    const learned = learn(history(MIN_DECISIONS - 1, { good: rightOf(1), poor: rightOf(0.2) }));
    expect(learned).toEqual({ kind: 'plain', decisions: 19 });
    const combined = combine(ballot({ good: 0.8, poor: 0.3 }), learned);
    expect(combined.score).toBeCloseTo(0.55);
    expect(combined.probability).toBeNull();
    expect([...combined.shares.values()]).toEqual([0.5, 0.5]);
  });

  it('counts a judge asked in two orders once, at the mean of the two', () => {
    const votes = [
      { judge: 'a', score: 1 },
      { judge: 'a', score: 0 },
      { judge: 'b', score: 1 },
    ];
    expect(combine({ votes, logLength: null }, learn([])).score).toBe(0.75);
  });
});

describe('what decisions teach', () => {
  it('gives the judge that people agree with the larger share', () => {
    const learned = learn(history(200, { good: rightOf(0.95), poor: rightOf(0.55) }));
    const { score, shares } = combine(ballot({ good: 0.9, poor: 0.4 }), learned);
    expect(shares.get('good')).toBeGreaterThan(0.8);
    expect(score).toBeGreaterThan(0.8);
  });

  it('gives a judge below chance no share in the score, and turns its word round in the probability', () => {
    const decisions = history(200, { good: rightOf(0.8), contrary: rightOf(0.1) });
    const learned = learn(decisions);
    const praised = ballot({ good: 0.9, contrary: 0.9 });
    expect(combine(praised, learned).shares.get('contrary')).toBe(0);
    expect(combine(praised, learned).score).toBeCloseTo(0.9);
    expect(probability(decisions, ballot({ good: 0.9, contrary: 0.4 }))).toBeGreaterThan(
      probability(decisions, praised),
    );
  });

  it('is not fooled by copies of one judge that outnumber a better one', () => {
    const copies = Object.fromEntries(['b', 'c', 'd', 'e'].map((name) => [name, (): number => 0]));
    const decisions = history(300, { a: rightOf(0.9), ...copies }).map((decided, index) => {
      const said = seededRandom(index + 7)() < 0.65 === decided.isAccepted ? 0.9 : 0.4;
      const votes = decided.ballot.votes.map((vote) =>
        vote.judge === 'a' ? vote : { ...vote, score: said },
      );
      return { ...decided, ballot: { ...decided.ballot, votes } };
    });
    const against = Object.fromEntries(Object.keys(copies).map((name) => [name, 0.4]));
    expect(probability(decisions, ballot({ a: 0.9, ...against }))).toBeGreaterThan(0.5);
  });

  it('foresees no less with a judge that is right two times in five', () => {
    const panel = { a: rightOf(0.85), b: rightOf(0.75) };
    expect(accuracy({ ...panel, added: rightOf(0.4) })).toBeGreaterThanOrEqual(accuracy(panel) - 0.005);
  });

  it('learns that long texts are accepted less often than their scores say', () => {
    const random = seededRandom(5);
    const decisions = Array.from({ length: 200 }, () => {
      const logLength = 4 + 4 * random();
      return {
        ballot: ballot({ a: 0.8 }, logLength),
        isAccepted: random() < 1 - (logLength - 4) / 4,
        weight: 1,
      };
    });
    expect(probability(decisions, ballot({ a: 0.8 }, 4))).toBeGreaterThan(0.8);
    expect(probability(decisions, ballot({ a: 0.8 }, 8))).toBeLessThan(0.2);
  });

  it('never becomes certain of an unbroken record', () => {
    const decisions = history(20, { a: rightOf(1) }).map((decided) => ({ ...decided, isAccepted: true }));
    const said = probability(decisions, ballot({ a: 0.9 }));
    expect(said).toBeGreaterThan(0.8);
    expect(said).toBeLessThan(0.995);
  });

  it('says probabilities that come true', () => {
    const habits = { a: rightOf(0.8), b: rightOf(0.7) };
    const learned = learn(history(400, habits, 11));
    const later = history(2_000, habits, 12);
    const sure = later.filter(({ ballot }) => (combine(ballot, learned).probability ?? 0) > 0.8);
    const said = sure.reduce((sum, { ballot }) => sum + (combine(ballot, learned).probability ?? 0), 0);
    const came = sure.filter(({ isAccepted }) => isAccepted).length;
    expect(Math.abs(said - came) / sure.length).toBeLessThan(0.05);
  });
});

describe('judges that come, go and fall silent', () => {
  it('takes a judge that nobody has seen yet with an average share', () => {
    const learned = learn(history(100, { a: rightOf(0.9) }));
    const { score, shares } = combine(ballot({ a: 0.9, fresh: 0.5 }), learned);
    expect(shares.get('fresh')).toBeGreaterThan(0);
    expect(shares.get('fresh')).toBeLessThan(0.5);
    expect(score).toBeLessThan(0.9);
  });

  it('has no score and no probability where no judge gave one', () => {
    const learned = learn(history(100, { a: rightOf(0.9) }));
    for (const asked of [ballot({}), ballot({ a: null })]) {
      expect(combine(asked, learned)).toMatchObject({ score: null, probability: null });
    }
  });

  it('takes half an answer for an undecided one, never for a pass', () => {
    const votes = [
      { judge: 'a', score: 1 },
      { judge: 'a', score: null },
    ];
    expect(combine({ votes, logLength: null }, learn([])).score).toBe(0.75);
  });

  it('falls back to equal shares where every judge is below chance', () => {
    const learned = learn(history(200, { a: rightOf(0.1), b: rightOf(0.1) }));
    expect([...combine(ballot({ a: 0.9, b: 0.3 }), learned).shares.values()]).toEqual([0.5, 0.5]);
  });

  it('stays within 0 and 1, whatever was decided of whatever scores', () => {
    const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const anyBallot = fc.record({
      votes: fc.array(fc.record({ judge: fc.constantFrom('a', 'b', 'c'), score }), { maxLength: 6 }),
      logLength: fc.option(fc.double({ min: 0, max: 14, noNaN: true })),
    });
    const anyDecided = fc.record({
      ballot: anyBallot,
      isAccepted: fc.boolean(),
      weight: fc.constantFrom(0.5, 1),
    });
    fc.assert(
      fc.property(fc.array(anyDecided, { minLength: 20, maxLength: 60 }), anyBallot, (decisions, asked) => {
        const { score, probability, shares } = combine(asked, learn(decisions));
        for (const value of [score ?? 0, probability ?? 0, ...shares.values()]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('learns the same from the same decisions', () => {
    const decisions = history(60, { a: rightOf(0.9), b: rightOf(0.6) });
    expect(learn(decisions)).toEqual(learn(structuredClone(decisions)));
  });
});
