import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';

/** p ln(p / m), 0 for p = 0. */
const relativeEntropy = (p: number, m: number): number => (p === 0 ? 0 : p * Math.log(p / m));

/**
 * Jensen-Shannon distance of two discrete distributions, natural logarithm, in [0, sqrt(ln 2)]: the root of the mean
 * relative entropy to their mixture (Endres & Schindelin 2003), as scipy and Evidently compute it.
 * @param p, q k shares or counts of the same categories; both have a positive sum
 */
export function jensenShannonDistance(p: number[], q: number[]): number {
  const n = p.reduce((sum, value) => sum + value, 0);
  const m = q.reduce((sum, value) => sum + value, 0);
  const divergence = p.reduce((sum, value, i) => {
    const a = value / n;
    const b = q[i]! / m;
    const mixed = (a + b) / 2;
    return sum + relativeEntropy(a, mixed) + relativeEntropy(b, mixed);
  }, 0);
  return Math.sqrt(Math.max(0, divergence / 2));
}

/** Evidently's default for categories of large references. */
export const jensenShannon = {
  name: 'jensen-shannon',
  label: 'Jensen-Shannon',
  evidentlyName: 'Jensen-Shannon distance',
  measure: 'distance',
  threshold: 0.1,
  hasDrifted: (distance, threshold) => distance >= threshold,
  categories: {
    isDefaultFor: ({ referenceRows }) => referenceRows > TESTED_UP_TO_ROWS,
    valueOf: ({ reference, current }) => jensenShannonDistance(reference, current),
  },
} as const satisfies DriftStatistic;
