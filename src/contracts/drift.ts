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
