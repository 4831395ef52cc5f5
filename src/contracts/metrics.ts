/** Every metric a candidate is measured by, in the order they are shown. */
export const METRIC_NAMES = [
  'rocAuc',
  'averagePrecision',
  'accuracy',
  'balancedAccuracy',
  'recall',
  'precision',
  'f1',
  'specificity',
  'brier',
  'logLoss',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** Metrics where less is better; all others grow with quality. */
export const LOWER_IS_BETTER: ReadonlySet<MetricName> = new Set<MetricName>(['brier', 'logLoss']);

/** A measured value with its confidence interval. `null` where the metric is undefined (no positives, for example). */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

export type MetricTable = Record<MetricName, Estimate>;

/** Counts, or mean counts over repeats, of predictions against the truth. */
export interface ConfusionMatrix {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/** The rows whose score falls in one bin. */
export interface CalibrationBin {
  /** Mean score of the rows, in [0, 1]. */
  meanScore: number;
  /** Share of them that are positive, in [0, 1]. */
  positiveShare: number;
  /** How many they are, at least 1. */
  rows: number;
}
