import { erfc } from './erfc.js';

/**
 * Probability that a chi-square variable is at least x: the regularised incomplete gamma function Q(k/2, x/2), by
 * Q(a + 1, y) = Q(a, y) + y^a e^-y / Γ(a + 1) from Q(1/2, y) = erfc(sqrt(y)) or Q(1, y) = e^-y (DLMF 8.8.6). No term is
 * negative, so the tail keeps its digits.
 * @param degreesOfFreedom whole, at least 1
 */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  if (x === Infinity) return 0;
  const y = x / 2;
  const odd = degreesOfFreedom % 2 === 1;
  let tail = odd ? erfc(Math.sqrt(y)) : Math.exp(-y);
  let term = odd ? Math.exp(-y) * Math.sqrt(y / Math.PI) * 2 : Math.exp(-y) * y;
  for (let a = odd ? 1.5 : 2; a <= degreesOfFreedom / 2; a++) {
    tail += term;
    term *= y / a;
  }
  return Math.min(1, tail);
}

/**
 * Evidently's chi-square test: goodness of fit of the current counts to the reference's shares, as if those were known
 * exactly. A category the reference lacks makes p 0.
 * @param reference k >= 2 counts; @param current k counts of the same categories. Both hold rows.
 * @returns p, with k - 1 degrees of freedom
 */
export function chiSquareFit(reference: number[], current: number[]): number {
  const ratio = sum(current) / sum(reference);
  const statistic = current.reduce((total, observed, i) => {
    const expected = reference[i]! * ratio;
    return total + (observed - expected) ** 2 / expected;
  }, 0);
  return chiSquareTail(statistic, current.length - 1);
}

/**
 * Pearson's chi-square test of homogeneity: both samples are drawn from one distribution, and both are random. What
 * error control needs, since the fit to a small reference calls drift too often.
 * @param reference k >= 2 counts; @param current k counts of the same categories. No category is empty in both.
 * @returns p, with k - 1 degrees of freedom
 */
export function chiSquareHomogeneity(reference: number[], current: number[]): number {
  const n = sum(reference);
  const m = sum(current);
  const statistic = reference.reduce((total, r, i) => {
    const c = current[i]!;
    // (m r - n c)² / (n m (r + c)) is both samples' (observed - expected)² / expected together.
    return total + (m * r - n * c) ** 2 / (n * m * (r + c));
  }, 0);
  return chiSquareTail(statistic, reference.length - 1);
}

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
