/**
 * Statistics of one feature over its values that are not missing; `null` where undefined, and for fewer than five of them.
 * Quantiles are of the values in groups of at least five neighbours, see `microaggregated`: nobody's own value is told.
 */
export interface FeatureProfile {
  name: string;
  /** Values that are there, and that are not. */
  count: number;
  missing: number;
  mean: number | null;
  /** Sample standard deviation (n - 1). */
  std: number | null;
  /** Mean of the five least values, or a few more. */
  low: number | null;
  /** Quartiles by linear interpolation (type 7, as numpy and pandas). */
  q1: number | null;
  median: number | null;
  q3: number | null;
  high: number | null;
  /** `null` where either class has from one to four of the values. */
  classMeans: { negative: number | null; positive: number | null };
}

/** A first look at a data set; survives JSON and tells nothing about a single person. */
export interface ExploratoryProfile {
  /** Rows of the data set, and those that were looked at: evenly spaced when there are more than the bound. */
  totalRows: number;
  rows: number;
  labels: { negative: number; positive: number; positiveShare: number | null };
  features: FeatureProfile[];
  /** Pearson's r between features over rows that have both, in feature order; `null` where undefined. */
  correlation: (number | null)[][];
}
