import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';
import { normalTails } from '../tails.js';

/** So many of `rows` have a property. */
export interface Proportion {
  count: number;
  rows: number;
}

/** Fewer expected rows than this in any cell of the two-by-two table make Fisher's test exact where Z is not (Cochran 1954). */
const FEWEST_EXPECTED = 5;
/** Tables whose probability is this much above the observed one's, relatively, count as equally probable. */
const ROUNDING = 1e-7;

/**
 * Two-proportion Z test with pooled variance, two-sided, as Evidently has it.
 * @param a, b both with rows
 * @returns p; 1 when all rows of both, or none, have the property
 */
export function twoProportionZ(a: Proportion, b: Proportion): number {
  const pooled = (a.count + b.count) / (a.rows + b.rows);
  if (pooled === 0 || pooled === 1) return 1;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.rows + 1 / b.rows));
  return normalTails((a.count / a.rows - b.count / b.rows) / error);
}

/**
 * Fisher's exact test of a two-by-two table, two-sided: the sum over all tables with the same margins that are at most
 * as probable as the observed one. Their probabilities are taken relative to the most probable one, by the ratio of
 * neighbours in the hypergeometric distribution, so nothing overflows.
 * @returns p
 */
export function fisherExact(a: Proportion, b: Proportion): number {
  const total = a.count + b.count;
  const rows = a.rows + b.rows;
  const least = Math.max(0, total - b.rows);
  const most = Math.min(total, a.rows);
  const mode = Math.min(most, Math.max(least, Math.floor(((total + 1) * (a.rows + 1)) / (rows + 2))));
  const weights = new Float64Array(most - least + 1);
  weights[mode - least] = 1;
  // Ratio of the weight of k + 1 to that of k, where a has k of all `total`.
  const ratio = (k: number): number => ((total - k) * (a.rows - k)) / ((k + 1) * (b.rows - total + k + 1));
  for (let k = mode; k < most; k++) weights[k + 1 - least] = weights[k - least]! * ratio(k);
  for (let k = mode; k > least; k--) weights[k - 1 - least] = weights[k - least]! / ratio(k - 1);
  const limit = weights[a.count - least]! * (1 + ROUNDING);
  let all = 0;
  let extreme = 0;
  for (const weight of weights) {
    all += weight;
    if (weight <= limit) extreme += weight;
  }
  return Math.min(1, extreme / all);
}

/**
 * Whether two samples have a property equally often: Fisher's exact test where some cell is expected to hold fewer than
 * 5 rows, else Z.
 * @param a, b both with rows
 */
export function equalProportions(a: Proportion, b: Proportion): number {
  const total = a.count + b.count;
  const rows = a.rows + b.rows;
  const fewest = (Math.min(total, rows - total) * Math.min(a.rows, b.rows)) / rows;
  return fewest < FEWEST_EXPECTED ? fisherExact(a, b) : twoProportionZ(a, b);
}

/** The first of at most two categories. */
export const firstCategory = (counts: number[]): Proportion => ({
  count: counts[0]!,
  rows: counts.reduce((sum, count) => sum + count, 0),
});

/** Evidently's default for at most two categories of small references. */
export const twoProportions = {
  name: 'z',
  label: 'Z, p',
  evidentlyName: 'Z-test p_value',
  measure: 'p',
  threshold: 0.05,
  hasDrifted: (p, threshold) => p < threshold,
  categories: {
    isDefaultFor: ({ referenceRows, distinct }) => referenceRows <= TESTED_UP_TO_ROWS && distinct <= 2,
    valueOf: ({ reference, current }) => twoProportionZ(firstCategory(reference), firstCategory(current)),
  },
} as const satisfies DriftStatistic;
