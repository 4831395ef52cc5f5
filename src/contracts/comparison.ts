import type { MetricName } from './metrics.js';

/** A minus B with its interval, signed so that positive is better for A. */
export interface Difference {
  value: number;
  low: number;
  high: number;
}

/** One metric of two models on the same rows; `null` where it is undefined. */
export interface MetricComparison {
  a: number | null;
  b: number | null;
  difference: Difference | null;
}

/** Two models on the same rows, which neither was trained on, each with its own threshold. */
export interface VersionComparison {
  rows: number;
  positives: number;
  /** Level of the intervals of the differences. */
  confidence: number;
  metrics: Record<MetricName, MetricComparison>;
}

/** What the interval of a difference allows to say of A. */
export type ComparisonVerdict = 'better' | 'worse' | 'no clear difference';

/** Better or worse when the interval lies on one side of zero. */
export const verdictOf = ({ low, high }: Difference): ComparisonVerdict =>
  low > 0 ? 'better' : high < 0 ? 'worse' : 'no clear difference';
