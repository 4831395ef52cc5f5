import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';
import { chiSquareTail } from '../tails.js';

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

/** Evidently's default for more than two categories of small references. */
export const chiSquare = {
  name: 'chi-square',
  label: 'chi-square p',
  evidentlyName: 'chi-square p_value',
  measure: 'p',
  threshold: 0.05,
  hasDrifted: (p, threshold) => p < threshold,
  categories: {
    isDefaultFor: ({ referenceRows, distinct }) => referenceRows <= TESTED_UP_TO_ROWS && distinct > 2,
    valueOf: ({ reference, current }) => chiSquareFit(reference, current),
  },
} as const satisfies DriftStatistic;
