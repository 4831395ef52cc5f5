import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';
import { type Cells, forEachRegion, type WindowCounts } from '../cells.js';
import { kolmogorovTail, smirnovTail } from '../tails.js';

/** Exact p-values up to so many rows in the larger sample, as scipy's `ks_2samp(method='auto')`. */
const EXACT_P_UP_TO_ROWS = 10_000;

export interface KsResult {
  /** Greatest difference of the two cumulative distributions, in [0, 1]. */
  statistic: number;
  p: number;
}

/**
 * p of a two-sample Kolmogorov-Smirnov statistic, two-sided. `auto`: exact where the larger sample has at most 10,000
 * rows, else `asymptotic`: the one-sample distribution for n m / (n + m) rows, rounded. Both as scipy has them; with
 * ties they are upper bounds.
 * @param n, m rows, at least 1
 */
export function ksP(statistic: number, n: number, m: number, method: 'auto' | 'asymptotic' = 'auto'): number {
  if (method === 'auto' && Math.max(n, m) <= EXACT_P_UP_TO_ROWS) return smirnovTail(n, m, statistic);
  return kolmogorovTail(roundHalfToEven((n * m) / (n + m)), statistic);
}

/** As numpy rounds. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided, equal to scipy's `ks_2samp`.
 * @param reference, current ascending finite numbers, at least one each
 * @throws RangeError for NaN, which equals nothing: the comparison would not end
 */
export function ksTwoSample(reference: Float64Array, current: Float64Array): KsResult {
  const n = reference.length;
  const m = current.length;
  if (Number.isNaN(reference[n - 1]) || Number.isNaN(current[m - 1]))
    throw new RangeError('the Kolmogorov-Smirnov test needs numbers');
  let i = 0;
  let j = 0;
  let statistic = 0;
  while (i < n && j < m) {
    const value = Math.min(reference[i]!, current[j]!);
    while (i < n && reference[i] === value) i++;
    while (j < m && current[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / n - j / m));
  }
  return { statistic, p: ksP(statistic, n, m) };
}

/**
 * Greatest difference of the two cumulative distributions, at the ends of all regions: exact for an exact reference; of
 * a sketch's cell of several rows at most the cell's share is missed.
 */
export function ksStatistic(cells: Cells, counted: WindowCounts): number {
  let greatest = counted.counts[0]! / counted.rows;
  forEachRegion(cells, counted, ({ after }) => (greatest = Math.max(greatest, Math.abs(after))));
  return greatest;
}

/**
 * Evidently's default for numbers of small references. Its p is exact for those, as Evidently's; for a larger reference the
 * lattice is large and the limit as good.
 */
export const kolmogorovSmirnov = {
  name: 'ks',
  label: 'Kolmogorov-Smirnov p',
  evidentlyName: 'K-S p_value',
  measure: 'p',
  threshold: 0.05,
  hasDrifted: (p, threshold) => p <= threshold,
  numbers: {
    isDefaultFor: ({ referenceRows }) => referenceRows <= TESTED_UP_TO_ROWS,
    valueOf: ({ cells, counted }) => {
      const method = cells.rows <= TESTED_UP_TO_ROWS ? 'auto' : 'asymptotic';
      return ksP(ksStatistic(cells, counted), cells.rows, counted.rows, method);
    },
  },
} as const satisfies DriftStatistic;
