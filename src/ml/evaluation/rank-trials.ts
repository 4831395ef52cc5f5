import { LOWER_IS_BETTER, type MetricName } from '../../contracts/metrics.js';

/**
 * Positions of trials by their value of a metric, best first; undefined values come last, of equal ones the earlier
 * comes first.
 */
export function rankTrials(values: readonly (number | null)[], metric: MetricName): number[] {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  const quality = values.map((value) => (value === null ? -Infinity : sign * value));
  return values.map((_, position) => position).sort((a, b) => compared(quality[b]!, quality[a]!) || a - b);
}

const compared = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
