/** A symmetric positive definite matrix, taken apart: `L` with `L Lᵀ` equal to it, row by row. */
export type Cholesky = readonly (readonly number[])[];

/**
 * Takes a symmetric positive definite matrix apart. Throws `RangeError` for any other matrix, which a ridge
 * of at least a tenth on every diagonal element rules out.
 */
export function cholesky(matrix: readonly (readonly number[])[]): Cholesky {
  const lower: number[][] = [];
  for (const [index, row] of matrix.entries()) {
    const current: number[] = [];
    for (let column = 0; column <= index; column += 1) {
      const other = column === index ? current : (lower[column] ?? []);
      // `current` ends before this column, and so does the product.
      const rest = (row[column] ?? 0) - dot(current, other);
      if (column === index && !(rest > 0)) throw new RangeError('the matrix is not positive definite');
      current.push(column === index ? Math.sqrt(rest) : rest / (other[column] ?? 1));
    }
    lower.push(current);
  }
  return lower;
}

/** The vector that the matrix takes to `target`. */
export function solve(lower: Cholesky, target: readonly number[]): number[] {
  const forward: number[] = [];
  for (const [index, row] of lower.entries()) {
    forward.push(((target[index] ?? 0) - dot(forward, row)) / (row[index] ?? 1));
  }
  const solution = forward.slice();
  for (let index = lower.length - 1; index >= 0; index -= 1) {
    let rest = forward[index] ?? 0;
    for (let below = index + 1; below < lower.length; below += 1) {
      rest -= (lower[below]?.[index] ?? 0) * (solution[below] ?? 0);
    }
    solution[index] = rest / (lower[index]?.[index] ?? 1);
  }
  return solution;
}

/** The natural logarithm of the determinant of the matrix. */
export function logDeterminant(lower: Cholesky): number {
  return lower.reduce((sum, row, index) => sum + 2 * Math.log(row[index] ?? 1), 0);
}

/** The scalar product of the first elements, as many as `left` has. */
export function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}
