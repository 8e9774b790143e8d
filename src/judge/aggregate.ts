import { MIN_DECISIONS } from '../domain/verdict.ts';
import { dot } from './cholesky.ts';
import { fitLogistic, sigmoid } from './logistic.ts';

/**
 * One score of one judge, 0 to 1; null where it gave none. Several votes of a judge (on the material in
 * another order) count as their mean: a judge that contradicts itself has said little.
 */
export interface Vote {
  judge: string;
  score: number | null;
}

/** What a panel said of one thing. */
export interface Ballot {
  votes: readonly Vote[];
  /** Natural logarithm of the judged text's length, for judges favour long texts; null where unknown. */
  logLength: number | null;
}

/** A ballot on which people have decided since. */
export interface Decided {
  ballot: Ballot;
  isAccepted: boolean;
  /** 1 for a whole decision, less for half of one. */
  weight: number;
}

/** What a panel's scores come to. */
export interface Combined {
  /** Weighted mean of the judges' scores, 0 to 1; null where no judge gave one. */
  score: number | null;
  /** Each judge's share in that score; they add up to 1. */
  shares: ReadonlyMap<string, number>;
  /** Probability that people accept it; null while too few have decided. */
  probability: number | null;
}

/**
 * Log odds of acceptance per unit of the mean score before anything is learned: near one half, a score then
 * is the probability itself.
 */
const PLAIN_SLOPE = 4;

/** Scores that hardly ever vary are not blown up to more than this. */
const MIN_SPREAD = 0.05;

/** Holds the rate of acceptance loosely, so that an unbroken record gives no certainty. */
const INTERCEPT_PRECISION = 0.3;

/** What is worth something in a ballot. */
interface Feature {
  /** The judge whose score it is; null for the length. */
  judge: string | null;
  /** Where it lies on average. */
  centre: number;
  /** How far it strays from there: its standard deviation. */
  spread: number;
  /** Log odds of acceptance per unit; below 0 for a judge that is wrong more often than right. */
  slope: number;
}

/** What a judge's word is worth in one repository; `plain` while too few people have decided. */
export type Learned =
  | { kind: 'plain'; decisions: number }
  | {
      kind: 'learned';
      decisions: number;
      features: readonly Feature[];
      /** Log odds of acceptance where everything is as on average. */
      intercept: number;
    };

/**
 * What people's decisions teach about the judges: one regression over all of them, so that judges who repeat
 * each other share a weight instead of counting twice, and a judge below chance gets a negative one. While
 * the decisions say little, it stays with the plain mean. Deterministic.
 */
export function learn(decisions: readonly Decided[]): Learned {
  if (decisions.length < MIN_DECISIONS) return { kind: 'plain', decisions: decisions.length };
  const ballots = decisions.map(({ ballot }) => ballot);
  const judges = [...new Set(ballots.flatMap(({ votes }) => votes.map(({ judge }) => judge)))];
  const plainSlope = PLAIN_SLOPE / Math.max(1, judges.length);
  const scores = judges.map((judge) => startingFeature(ballots, judge, plainSlope));
  const features = [...scores, startingFeature(ballots, null, 0)];
  const coefficients = fitLogistic(
    decisions.map(({ ballot, isAccepted, weight }) => ({
      features: [...features.map((feature) => standardised(ballot, feature)), 1],
      label: isAccepted ? 1 : 0,
      weight,
    })),
    {
      mean: [
        ...features.map(({ slope, spread }) => slope * spread),
        PLAIN_SLOPE * (meanOf(scores.map(({ centre }) => centre)) - 0.5),
      ],
      precision: [...features.map(() => null), INTERCEPT_PRECISION],
    },
  );
  return {
    kind: 'learned',
    decisions: decisions.length,
    features: features.map((feature, index) => ({
      ...feature,
      slope: (coefficients[index] ?? 0) / feature.spread,
    })),
    intercept: coefficients.at(-1) ?? 0,
  };
}

/**
 * A panel's score and, once people have decided often enough, the probability that they accept. A judge that
 * is wrong more often than right has no share in the score; in the probability its word counts reversed.
 */
export function combine(ballot: Ballot, learned: Learned): Combined {
  const judges = [...new Set(ballot.votes.map(({ judge }) => judge))];
  const scored = judges.flatMap((judge) => {
    const score = scoreOf(ballot, judge);
    return score === null ? [] : [{ judge, score, weight: worthOf(judge, learned) }];
  });
  const total = scored.reduce((sum, { weight }) => sum + weight, 0);
  const shares = scored.map(({ weight }) => (total > 0 ? weight / total : 1 / scored.length));
  return {
    score:
      scored.length === 0
        ? null
        : dot(
            shares,
            scored.map(({ score }) => score),
          ),
    shares: new Map(scored.map(({ judge }, index) => [judge, shares[index] ?? 0])),
    probability: learned.kind === 'plain' || scored.length === 0 ? null : probabilityOf(ballot, learned),
  };
}

/** A judge that nobody has seen yet counts as much as the average one does before anything is learned. */
function worthOf(judge: string, learned: Learned): number {
  if (learned.kind === 'plain') return 1;
  const known = learned.features.find((feature) => feature.judge === judge);
  return known === undefined ? PLAIN_SLOPE / learned.features.length : Math.max(0, known.slope);
}

function probabilityOf(ballot: Ballot, { features, intercept }: Learned & { kind: 'learned' }): number {
  return sigmoid(
    features.reduce(
      (sum, feature) => sum + feature.slope * feature.spread * standardised(ballot, feature),
      intercept,
    ),
  );
}

function startingFeature(ballots: readonly Ballot[], judge: string | null, slope: number): Feature {
  const values = ballots.flatMap((ballot) => valueOf(ballot, judge) ?? []);
  const centre = meanOf(values);
  const spread = Math.sqrt(meanOf(values.map((value) => (value - centre) ** 2)));
  return { judge, centre, spread: Math.max(MIN_SPREAD, spread), slope };
}

/** In standard deviations from the average; what is unknown is on average. */
function standardised(ballot: Ballot, { judge, centre, spread }: Feature): number {
  return ((valueOf(ballot, judge) ?? centre) - centre) / spread;
}

function valueOf(ballot: Ballot, judge: string | null): number | null {
  return judge === null ? ballot.logLength : scoreOf(ballot, judge);
}

/** A judge's mean score; an answer that couldn't be read counts as undecided, none at all as null. */
function scoreOf({ votes }: Ballot, judge: string): number | null {
  const scores = votes.filter((vote) => vote.judge === judge).map(({ score }) => score);
  return scores.every((score) => score === null) ? null : meanOf(scores.map((score) => score ?? 0.5));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
