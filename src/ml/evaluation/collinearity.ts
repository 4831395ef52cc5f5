import { inverse, Matrix } from 'ml-matrix';

/** Two features with at least this |correlation| say nearly the same. */
const PAIR_CORRELATION = 0.99;
/** A feature is a linear function of the others when they explain at least this share of its variance. */
const EXPLAINED_SHARE = 0.999;
/** Rows beyond the number of features from which dependence can be told from chance. */
const SPARE_ROWS = 10;
/** Added to the diagonal so that exact dependence can be inverted; R^2 is then known to about this. */
const RIDGE = 1e-10;
/** Partial correlation from which two dependent features belong to the same group. */
const SAME_GROUP = 0.1;

/** Linear dependence among features; none where both lists are empty. */
export interface Collinearity {
  /** Feature indices and their correlation. */
  pairs: { first: number; second: number; correlation: number }[];
  /** Three or more features of which each is nearly a linear function of the others. */
  groups: number[][];
}

/** Pearson correlations of d columns. */
function correlations(columns: Float64Array[], means: number[], scales: number[]): Matrix {
  const matrix = Matrix.eye(columns.length);
  for (const [j, x] of columns.entries()) {
    for (let k = 0; k < j; k++) {
      const y = columns[k]!;
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += (x[i]! - means[j]!) * (y[i]! - means[k]!);
      const correlation = sum / (x.length * scales[j]! * scales[k]!);
      matrix.set(j, k, correlation);
      matrix.set(k, j, correlation);
    }
  }
  return matrix;
}

/** Dependent features joined to groups by their partial correlations. */
function joinGroups(dependent: number[], precision: Matrix): number[][] {
  const groups: number[][] = [];
  for (const feature of dependent) {
    const linked = groups.filter((group) =>
      group.some((other) => {
        const scale = Math.sqrt(precision.get(feature, feature) * precision.get(other, other));
        return Math.abs(precision.get(feature, other)) / scale >= SAME_GROUP;
      }),
    );
    const merged = [...linked.flat(), feature].sort((a, b) => a - b);
    groups.splice(0, groups.length, ...groups.filter((group) => !linked.includes(group)), merged);
  }
  return groups.filter((group) => group.length > 2);
}

/**
 * Finds linear dependence among features: pairs with |r| >= 0.99, and larger groups by the variance inflation factor
 * VIF_j = 1 / (1 - R^2_j), the diagonal of the inverse correlation matrix. R^2 is adjusted for the number of features,
 * 1 - (1 - R^2) (n - 1) / (n - d) >= 0.999, because d features explain a share of d / n of anything by chance (Theil 1961);
 * with fewer than d + 10 rows only pairs are looked for.
 * @param columns d arrays of n numbers, none constant
 * @param means d means
 * @param scales d population standard deviations
 */
export function findCollinearity(columns: Float64Array[], means: number[], scales: number[]): Collinearity {
  const found: Collinearity = { pairs: [], groups: [] };
  if (columns.length < 2) return found;
  const matrix = correlations(columns, means, scales);
  for (let second = 1; second < columns.length; second++) {
    for (let first = 0; first < second; first++) {
      const correlation = matrix.get(first, second);
      if (Math.abs(correlation) >= PAIR_CORRELATION) found.pairs.push({ first, second, correlation });
    }
  }
  const rows = columns[0]!.length;
  const spare = rows - columns.length;
  if (spare < SPARE_ROWS) return found;
  const precision = inverse(Matrix.add(matrix, Matrix.eye(columns.length).mul(RIDGE)));
  const dependent = columns
    .map((_, j) => j)
    .filter((j) => (rows - 1) / (spare * precision.get(j, j)) <= 1 - EXPLAINED_SHARE);
  found.groups = joinGroups(dependent, precision);
  return found;
}
