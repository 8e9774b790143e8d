import { combine, learn } from '../../../src/judge/aggregate.ts';
import { sigmoid } from '../../../src/judge/logistic.ts';
import type { Method } from './cross-validate.ts';
import { bothWays, type Pair } from './verdict-rows.ts';

/** What the product does. */
export const learnedPanel: Method = (pairs) => {
  const learned = learn(bothWays(pairs));
  return (ballot) => combine(ballot, learned).probability ?? 0.5;
};

/** A vote in which each judge has the log odds of its accuracy, as if they judged independently. */
export const weightedByAccuracy: Method = (pairs) => {
  const weights = new Map(
    judgesOf(pairs).map((judge) => {
      const accuracy = accuracyOf(pairs, judge, 2);
      return [judge, Math.log(accuracy / (1 - accuracy))];
    }),
  );
  return ({ votes }) =>
    sigmoid(
      votes.reduce((sum, { judge, score }) => sum + (weights.get(judge) ?? 0) * ((score ?? 0.5) - 0.5), 0),
    );
};

/** The share of right verdicts, in one order, of the judge that has the largest. */
export function bestSingleJudge(pairs: readonly Pair[]): number {
  return Math.max(...judgesOf(pairs).map((judge) => accuracyOf(pairs, judge, 1)));
}

/** The same pairs with one more judge, who says the same in both orders and is right by chance only so often. */
export function withJudge(pairs: readonly Pair[], accuracy: number, random: () => number): Pair[] {
  return pairs.map(({ ballot, isFirstBetter }) => {
    const isRight = random() < accuracy;
    const vote = { judge: 'added', score: isRight === isFirstBetter ? 1 : 0 };
    return { isFirstBetter, ballot: { ...ballot, votes: [...ballot.votes, vote, vote] } };
  });
}

function judgesOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.flatMap(({ ballot }) => ballot.votes.map(({ judge }) => judge)))];
}

/** Share of right verdicts in the first, or in both orders. */
function accuracyOf(pairs: readonly Pair[], judge: string, orders: 1 | 2): number {
  const verdicts = pairs.flatMap(({ ballot, isFirstBetter }) =>
    ballot.votes
      .filter((vote) => vote.judge === judge)
      .slice(0, orders)
      .map(({ score }) => score === (isFirstBetter ? 1 : 0)),
  );
  return verdicts.filter(Boolean).length / verdicts.length;
}
