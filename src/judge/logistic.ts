import { cholesky, dot, logDeterminant, solve, type Cholesky } from './cholesky.ts';

/** What was seen, once: features, whether it was accepted, and for how much it counts. */
export interface Example {
  features: readonly number[];
  /** 0 or 1. */
  label: number;
  /** Above 0; 1 is one whole decision. */
  weight: number;
}

/** What the coefficients are held to while the examples say little, and how firmly: a normal distribution. */
export interface Prior {
  mean: readonly number[];
  /** One over the variance, each above 0; `null` leaves it to the examples, one value for all of these. */
  precision: readonly (number | null)[];
}

/** Tried for the precisions that the prior leaves open. */
const RIDGES = [0.5, 2, 8, 32, 128];

const MAX_STEPS = 100;
const CLOSE_ENOUGH = 1e-9;

/**
 * The coefficients of a logistic regression, one for each feature. How firmly they are held to the prior is
 * averaged over, each strength by how probable it makes the examples (evidence in Laplace's approximation:
 * D. MacKay, "The evidence framework applied to classification networks", 1992): no example is spent on
 * choosing it. Deterministic.
 */
export function fitLogistic(examples: readonly Example[], prior: Prior): number[] {
  const fits = RIDGES.map((ridge) => {
    const precision = prior.precision.map((own) => own ?? ridge);
    const coefficients = climb(examples, prior.mean, precision);
    return { coefficients, evidence: logEvidence(examples, prior.mean, precision, coefficients) };
  });
  const highest = Math.max(...fits.map(({ evidence }) => evidence));
  const plausible = fits.map(({ evidence }) => Math.exp(evidence - highest));
  const total = plausible.reduce((sum, share) => sum + share, 0);
  return prior.mean.map(
    (_, index) =>
      dot(
        plausible,
        fits.map(({ coefficients }) => coefficients[index] ?? 0),
      ) / total,
  );
}

/** The logistic function: log odds to a probability. */
export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Newton's method to the top of the posterior, halving steps that would overshoot it. */
function climb(
  examples: readonly Example[],
  mean: readonly number[],
  precision: readonly number[],
): number[] {
  let current = mean.slice();
  let height = logPosterior(examples, mean, precision, current);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const gradient = gradientAt(examples, mean, precision, current);
    const direction = solve(curvatureAt(examples, precision, current), gradient);
    let stride = 1;
    let next = move(current, direction, stride);
    let reached = logPosterior(examples, mean, precision, next);
    while (!(reached >= height) && stride > CLOSE_ENOUGH) {
      stride /= 2;
      next = move(current, direction, stride);
      reached = logPosterior(examples, mean, precision, next);
    }
    if (!(reached > height)) return current;
    const gain = reached - height;
    current = next;
    height = reached;
    if (gain < CLOSE_ENOUGH) return current;
  }
  return current;
}

function move(from: readonly number[], direction: readonly number[], stride: number): number[] {
  return from.map((value, index) => value + stride * (direction[index] ?? 0));
}

/** Up to a constant that is the same for all coefficients. */
function logPosterior(
  examples: readonly Example[],
  mean: readonly number[],
  precision: readonly number[],
  coefficients: readonly number[],
): number {
  const likelihood = examples.reduce((sum, { features, label, weight }) => {
    const logOdds = dot(coefficients, features);
    return sum - weight * softplus(label === 1 ? -logOdds : logOdds);
  }, 0);
  return coefficients.reduce(
    (sum, value, index) => sum - ((precision[index] ?? 0) * (value - (mean[index] ?? 0)) ** 2) / 2,
    likelihood,
  );
}

function logEvidence(
  examples: readonly Example[],
  mean: readonly number[],
  precision: readonly number[],
  coefficients: readonly number[],
): number {
  const width =
    precision.reduce((sum, own) => sum + Math.log(own), 0) -
    logDeterminant(curvatureAt(examples, precision, coefficients));
  return logPosterior(examples, mean, precision, coefficients) + width / 2;
}

function gradientAt(
  examples: readonly Example[],
  mean: readonly number[],
  precision: readonly number[],
  coefficients: readonly number[],
): number[] {
  const gradient = coefficients.map(
    (value, index) => -(precision[index] ?? 0) * (value - (mean[index] ?? 0)),
  );
  for (const { features, label, weight } of examples) {
    const surprise = weight * (label - sigmoid(dot(coefficients, features)));
    addScaled(gradient, features, surprise, gradient.length);
  }
  return gradient;
}

/** The negative second derivatives of the posterior; below the diagonal only, which is all that is read. */
function curvatureAt(
  examples: readonly Example[],
  precision: readonly number[],
  coefficients: readonly number[],
): Cholesky {
  const curvature = precision.map((own, row) => precision.map((_, column) => (row === column ? own : 0)));
  for (const { features, weight } of examples) {
    const probability = sigmoid(dot(coefficients, features));
    const spread = weight * probability * (1 - probability);
    for (let index = 0; index < curvature.length; index += 1) {
      addScaled(curvature[index] ?? [], features, spread * (features[index] ?? 0), index + 1);
    }
  }
  return cholesky(curvature);
}

/** Adds `factor` times the first `count` elements of `values` to those of `sums`, in place: the hot loop. */
function addScaled(sums: number[], values: readonly number[], factor: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    sums[index] = (sums[index] ?? 0) + factor * (values[index] ?? 0);
  }
}

/** `log(1 + e^x)` without overflow. */
function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
}
