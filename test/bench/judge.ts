import { parseArgs } from 'node:util';
import { crossValidate, scoresOf, type Prediction, type Scores } from './judge/cross-validate.ts';
import { bestSingleJudge, learnedPanel, weightedByAccuracy, withJudge } from './judge/methods.ts';
import { seededRandom } from '../support/random.ts';
import { readPairs, type Pair } from './judge/verdict-rows.ts';
import { describeMachine } from './support/machine.ts';
import { median, percentile } from './support/statistics.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const RESAMPLES = 2_000;
const POOR_JUDGES = 5;
const POOR_ACCURACY = 0.4;

type Metric = keyof Scores;

const BARS: Record<Metric, { says: string; bar: number; isMet: (value: number) => boolean }> = {
  accuracy: { says: 'accuracy', bar: 0.875, isMet: (value) => value >= 0.875 },
  accuracyAtCoverage: { says: 'accuracy at 75 % coverage', bar: 0.95, isMet: (value) => value >= 0.95 },
  calibrationError: {
    says: 'expected calibration error, 10 bins',
    bar: 0.05,
    isMet: (value) => value <= 0.05,
  },
};

interface Figure {
  what: string;
  /** Median over the seeds. */
  value: number;
  /** Bootstrap over the rows, 95 %; null for a comparison. */
  interval: [number, number] | null;
  /** Lowest and highest over the seeds. */
  seeds: [number, number];
  bar: number | null;
  isMet: boolean | null;
}

/**
 * `npm run bench -- judge --data <folder> [--json]`: how well the panel's verdicts are combined, each row by
 * weights that were learned from other folds only.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (values.data === undefined) throw new Error('Where are the rows? --data <folder with judging/>');
  const pairs = await readPairs(values.data);
  const machine = describeMachine('none');
  const runs = SEEDS.map((seed) => crossValidate(pairs, seed, learnedPanel));
  const figures = [
    ...baselines(pairs),
    ...(Object.keys(BARS) as Metric[]).map((metric) => measured(metric, runs)),
    withPoorJudge(pairs, runs),
  ];
  if (values.json) {
    console.log(JSON.stringify({ machine, rows: pairs.length, figures }, null, 2));
    return;
  }
  for (const figure of figures) console.log(lineOf(figure));
  console.log(`${pairs.length} rows, 5 folds, median of ${SEEDS.length} seeds`);
  console.log(`${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; commit ${machine.commit}`);
}

function baselines(pairs: readonly Pair[]): Figure[] {
  const figure = (what: string, values: number[]): Figure => ({
    what,
    value: median(values),
    interval: null,
    seeds: rangeOf(values),
    bar: null,
    isMet: null,
  });
  return [
    figure('accuracy of the best single judge in one order, chosen on these rows', [bestSingleJudge(pairs)]),
    figure(
      'accuracy of the panel weighted by accuracy',
      SEEDS.map((seed) => scoresOf(crossValidate(pairs, seed, weightedByAccuracy)).accuracy),
    ),
  ];
}

function measured(metric: Metric, runs: readonly Prediction[][]): Figure {
  const { says, bar, isMet } = BARS[metric];
  const values = runs.map((run) => scoresOf(run)[metric]);
  const value = median(values);
  return {
    what: says,
    value,
    interval: bootstrap(metric, runs),
    seeds: rangeOf(values),
    bar,
    isMet: isMet(value),
  };
}

/** The same rows are drawn for every seed; what counts is the median over the seeds, as in the figure. */
function bootstrap(metric: Metric, runs: readonly Prediction[][]): [number, number] {
  const random = seededRandom(1);
  const rows = runs[0]?.length ?? 0;
  const values = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: rows }, () => Math.floor(random() * rows));
    return median(runs.map((run) => scoresOf(drawn.flatMap((row) => run[row] ?? []))[metric]));
  });
  return [percentile(values, 0.025), percentile(values, 0.975)];
}

/** How much the accuracy changes when a judge that is mostly wrong joins: not below 0. */
function withPoorJudge(pairs: readonly Pair[], runs: readonly Prediction[][]): Figure {
  const changes = Array.from({ length: POOR_JUDGES }, (_, draw) => {
    const larger = withJudge(pairs, POOR_ACCURACY, seededRandom(1_000 + draw));
    return SEEDS.map(
      (seed, index) =>
        scoresOf(crossValidate(larger, seed, learnedPanel)).accuracy - scoresOf(runs[index] ?? []).accuracy,
    );
  }).flat();
  const value = median(changes);
  return {
    what: `change of accuracy with a judge of accuracy ${POOR_ACCURACY} in the panel`,
    value,
    interval: null,
    seeds: rangeOf(changes),
    bar: 0,
    isMet: value >= 0,
  };
}

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function lineOf({ what, value, interval, seeds, bar, isMet }: Figure): string {
  const range = ([low, high]: [number, number]) => `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return [
    `${what}: ${value.toFixed(3)}`,
    ...(interval === null ? [] : [`95 % interval ${range(interval)}`]),
    `seeds ${range(seeds)}`,
    ...(bar === null ? [] : [`${isMet === true ? 'met' : 'MISSED'} (bar ${bar})`]),
  ].join('; ');
}
