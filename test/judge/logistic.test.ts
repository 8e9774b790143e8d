import { describe, expect, it } from 'vitest';
import { cholesky, logDeterminant, solve } from '../../src/judge/cholesky.ts';
import { fitLogistic, sigmoid } from '../../src/judge/logistic.ts';

describe('a symmetric positive definite matrix', () => {
  const matrix = [
    [4, 2, 0.6],
    [2, 5, 1],
    [0.6, 1, 3],
  ];

  it('is solved, and its determinant known', () => {
    const solution = solve(cholesky(matrix), [1, 2, 3]);
    const product = matrix.map((row) =>
      row.reduce((sum, value, index) => sum + value * (solution[index] ?? 0), 0),
    );
    expect(product.map((value) => Number(value.toFixed(9)))).toEqual([1, 2, 3]);
    expect(Math.exp(logDeterminant(cholesky(matrix)))).toBeCloseTo(
      4 * (15 - 1) - 2 * (6 - 0.6) + 0.6 * (2 - 3),
    );
  });

  it('is refused where it is not positive definite', () => {
    expect(() =>
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(RangeError);
  });
});

describe('logistic regression', () => {
  const example = (features: number[], label: number, weight = 1) => ({ features, label, weight });

  it('stays with the prior while there is nothing to learn from', () => {
    expect(fitLogistic([], { mean: [1.5, -2], precision: [null, 3] })).toEqual([1.5, -2]);
  });

  it('finds the log odds of a rate, drawn a little towards the prior', () => {
    const examples = Array.from({ length: 400 }, (_, index) => example([1], index % 4 === 0 ? 0 : 1));
    const [intercept = 0] = fitLogistic(examples, { mean: [0], precision: [0.3] });
    expect(sigmoid(intercept)).toBeCloseTo(0.75, 2);
  });

  it('counts an example of weight 2 like two', () => {
    const prior = { mean: [0, 0], precision: [null, 1] };
    const twice = [example([1, 1], 1), example([1, 1], 1), example([-1, 1], 0)];
    const weighted = [example([1, 1], 1, 2), example([-1, 1], 0)];
    const [left, right] = [fitLogistic(twice, prior), fitLogistic(weighted, prior)];
    expect(left.map((value) => value.toFixed(6))).toEqual(right.map((value) => value.toFixed(6)));
  });

  it('stays finite where the examples are separated, far out or all alike', () => {
    const separated = Array.from({ length: 50 }, (_, index) =>
      example([index < 25 ? -1e6 : 1e6], index < 25 ? 0 : 1),
    );
    for (const value of fitLogistic(separated, { mean: [0], precision: [null] })) {
      expect(Number.isFinite(value)).toBe(true);
    }
    const alike = Array.from({ length: 50 }, () => example([1, 1], 1));
    for (const value of fitLogistic(alike, { mean: [0, 0], precision: [null, null] })) {
      expect(Math.abs(value)).toBeLessThan(10);
    }
  });
});
