import { fitLogistic, sigmoid } from './logistic.ts';
import { dot } from './cholesky.ts';

/** One score of one judge, 0 to 1; null where it gave none. */
export interface Vote {
  /** Several votes of one judge (the material in another order) count as their mean: where they contradict each other it said little. */
  judge: string;
  score: number | null;
}

/** What a panel said of one thing, and how long that is. */
export interface Ballot {
  votes: readonly Vote[];
  /** Natural logarithm of the judged text's length, since judges favour long texts; null where unknown. */
  logLength: number | null;
}

/** A ballot on which a person has decided since. */
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
  /** Share of each judge in that score; they add up to 1. */
  shares: ReadonlyMap<string, number>;
  /** Probability that a person accepts it; null while too few have decided. */
  probability: number | null;
  /** How many decisions were learned from. */
  decisions: number;
}

/** With fewer decisions than this, nothing is learned: the score is the plain mean. */
export const MIN_DECISIONS = 20;

/**
 * Log odds of acceptance per unit of the mean score before anything is learned: near one half, a score is
 * then the probability itself.
 */
const PLAIN_SLOPE = 4;

/** Scores that hardly vary say little; they are not blown up to more. */
const MIN_SPREAD = 0.05;

/** The rate of acceptance is held to nothing but this: half a decision, so that no record gives certainty. */
const INTERCEPT_PRECISION = 0.3;

/** What one feature is measured from, and in. */
interface Scale {
  centre: number;
  spread: number;
}

interface JudgeWeight extends Scale {
  /** Log odds per unit of the judge's score; below 0 for a judge that is wrong more often than right. */
  slope: number;
}

/** How much each judge's word is worth here. */
export interface Learned {
  decisions: number;
  judges: ReadonlyMap<string, JudgeWeight>;
  length: JudgeWeight | null;
  /** Log odds of acceptance where everything is as on average. */
  intercept: number;
}

/**
 * What people's decisions teach about the judges, or null for fewer than `MIN_DECISIONS`. One regression over
 * all of them, so that judges who repeat each other share one weight instead of counting twice, and a judge
 * below chance gets a negative one; held to the plain mean as long as the decisions say little else.
 */
export function learn(decisions: readonly Decided[]): Learned | null {
  if (decisions.length < MIN_DECISIONS) return null;
  const names = [...new Set(decisions.flatMap(({ ballot }) => ballot.votes.map(({ judge }) => judge)))].sort();
  const scales = names.map((name) => scaleOf(decisions, (ballot) => scoreOf(ballot, name)));
  const length = scaleOf(decisions, (ballot) => ballot.logLength);
  const plainSlope = PLAIN_SLOPE / Math.max(1, names.length);
  const meanScore = scales.reduce((sum, { centre }) => sum + centre, 0) / Math.max(1, names.length);
  const coefficients = fitLogistic(
    decisions.map(({ ballot, isAccepted, weight }) => ({
      features: [
        ...scales.map((scale, index) => standard(scoreOf(ballot, names[index] ?? ''), scale)),
        standard(ballot.logLength, length),
        1,
      ],
      label: isAccepted ? 1 : 0,
      weight,
    })),
    {
      mean: [...scales.map(({ spread }) => plainSlope * spread), 0, PLAIN_SLOPE * (meanScore - 0.5)],
      precision: [...scales.map(() => null), null, INTERCEPT_PRECISION],
    },
  );
  const weigh = (scale: Scale, index: number): JudgeWeight => ({
    ...scale,
    slope: (coefficients[index] ?? 0) / scale.spread,
  });
  return {
    decisions: decisions.length,
    judges: new Map(scales.map((scale, index) => [names[index] ?? '', weigh(scale, index)])),
    length: weigh(length, names.length),
    intercept: coefficients[names.length + 1] ?? 0,
  };
}

/**
 * A panel's score and, once people have decided often enough, the probability that they accept. A judge that
 * is wrong more often than right has no share in the score; in the probability its word counts reversed.
 */
export function combine(ballot: Ballot, learned: Learned | null, decisions: number): Combined {
  const scores = new Map<string, number>();
  for (const { judge } of ballot.votes) {
    const score = scoreOf(ballot, judge);
    if (score !== null) scores.set(judge, score);
  }
  const shares = sharesOf([...scores.keys()], learned);
  const names = [...scores.keys()];
  const score =
    names.length === 0
      ? null
      : dot(
          names.map((name) => shares.get(name) ?? 0),
          names.map((name) => scores.get(name) ?? 0),
        );
  return { score, shares, probability: learned === null ? null : probabilityOf(ballot, scores, learned), decisions };
}

function probabilityOf(ballot: Ballot, scores: ReadonlyMap<string, number>, learned: Learned): number {
  let logOdds = learned.intercept;
  for (const [name, weight] of learned.judges) {
    const score = scores.get(name);
    if (score !== undefined) logOdds += weight.slope * (score - weight.centre);
  }
  const { length } = learned;
  if (length !== null && ballot.logLength !== null) logOdds += length.slope * (ballot.logLength - length.centre);
  return sigmoid(logOdds);
}
