/** The default tests of Evidently 0.7, and its population stability index. */
export const DRIFT_TEST_NAMES = ['ks', 'chi-square', 'z', 'wasserstein', 'jensen-shannon', 'psi'] as const;

export type DriftTestName = (typeof DRIFT_TEST_NAMES)[number];

/** A column of the window against the reference, as one test sees it. */
export interface DriftTest {
  name: DriftTestName;
  /** A p-value or a distance: `DRIFT_STATISTICS` says which. */
  value: number;
  threshold: number;
  /** Whether the value is on the side of the threshold that is drift. */
  drifted: boolean;
}

/** One of the questions that error control answers together. */
export interface Hypothesis {
  about: 'distribution' | 'missing' | 'range';
  /** Probability of a difference of this size or more without drift, in [0, 1]. */
  p: number;
  /** Benjamini-Hochberg adjusted over all hypotheses of the window. */
  adjustedP: number;
  /** How large the difference is; small ones are never drift however significant. */
  effect: { name: string; value: number; minimum: number };
  /** Adjusted p at most the false discovery rate, and effect at least the minimum. */
  drifted: boolean;
}

export type ColumnRole = 'feature' | 'prediction' | 'score';

/** One column of the window against the reference. */
export interface ColumnDrift {
  column: string;
  role: ColumnRole;
  kind: 'numeric' | 'categorical';
  reference: ColumnCounts;
  current: ColumnCounts;
  /** What Evidently's default says; `null` when either side has no value. */
  test: DriftTest | null;
  /** Evidently's population stability index, which people know; `null` like `test`. */
  stability: DriftTest | null;
  hypotheses: Hypothesis[];
  /** Both distributions over the same bins, for pictures; `null` when either side has no value. */
  histogram: ColumnHistogram | null;
}

export interface ColumnCounts {
  /** Rows with a value. */
  rows: number;
  missing: number;
  /** Of the rows with a value; `null` for fewer than five of them, and for categories. Extremes would be single people's. */
  mean: number | null;
}

export interface ColumnHistogram {
  /** Edges of numeric bins (one more than shares) or names of categories (as many). */
  bins: { edges: number[] } | { categories: string[] };
  /**
   * Share of rows in each bin, in [0, 1]; outermost bins hold what lies beyond. Neighbouring bins that fewer than five rows
   * share have their mean height.
   */
  reference: number[];
  current: number[];
}
