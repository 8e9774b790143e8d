import type { Ballot } from '../../../src/judge/aggregate.ts';
import { expectedCalibrationError } from '../../../src/judge/calibration.ts';
import { seededRandom, shuffled } from '../../support/random.ts';
import type { Pair } from './verdict-rows.ts';

/** What was said of one pair by something that never saw it. */
export interface Prediction {
  /** Probability that the first text is the better one. */
  probability: number;
  isFirstBetter: boolean;
}

export interface Scores {
  accuracy: number;
  /** Accuracy on the three quarters that it was surest of. */
  accuracyAtCoverage: number;
  /** Of the probability given to the text that it chose. */
  calibrationError: number;
}

/** Learns from some pairs to give a probability, that the first text is better, to others. */
export type Method = (pairs: readonly Pair[]) => (ballot: Ballot) => number;

const FOLDS = 5;
const COVERAGE = 0.75;

/** One prediction for each pair, in the order of the pairs, each learned from the other folds only. */
export function crossValidate(pairs: readonly Pair[], seed: number, method: Method): Prediction[] {
  const order = shuffled([...pairs.keys()], seededRandom(seed));
  const foldOf = new Map(order.map((pair, position) => [pair, position % FOLDS]));
  const predictors = Array.from({ length: FOLDS }, (_, fold) =>
    method(pairs.filter((_pair, index) => foldOf.get(index) !== fold)),
  );
  return pairs.map(({ ballot, isFirstBetter }, index) => ({
    probability: predictors[foldOf.get(index) ?? 0]?.(ballot) ?? 0.5,
    isFirstBetter,
  }));
}

/** A probability of one half chooses neither, and so is wrong. */
export function scoresOf(predictions: readonly Prediction[]): Scores {
  const choices = predictions
    .map(({ probability, isFirstBetter }) => ({
      probability: Math.max(probability, 1 - probability),
      isTrue: probability !== 0.5 && probability > 0.5 === isFirstBetter,
    }))
    .sort((left, right) => right.probability - left.probability);
  const share = (some: typeof choices) => some.filter(({ isTrue }) => isTrue).length / some.length;
  return {
    accuracy: share(choices),
    accuracyAtCoverage: share(choices.slice(0, Math.ceil(choices.length * COVERAGE))),
    calibrationError: expectedCalibrationError(choices) ?? Number.NaN,
  };
}
