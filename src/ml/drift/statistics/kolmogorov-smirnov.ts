import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';
import { type Cells, forEachRegion, type WindowCounts } from '../cells.js';
import { kolmogorovTail, smirnovTail } from '../tails.js';

/** Exact p-values up to so many rows in the larger sample, as scipy's `ks_2samp(method='auto')`. */
const EXACT_P_UP_TO_ROWS = 10_000;

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
