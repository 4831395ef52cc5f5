/* Closed lists of what may be measured, tested, warned of and claimed: each is written here, and schemas take it as it is. */

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

/** A metric by its name in documents; `metricLabel` has the one for people. */
export type MetricName = (typeof METRIC_NAMES)[number];

/** Metrics where less is better; all others grow with quality. */
export const LOWER_IS_BETTER: ReadonlySet<MetricName> = new Set<MetricName>(['brier', 'logLoss']);

/** The default tests of Evidently 0.7, and its population stability index. */
export const DRIFT_TEST_NAMES = ['ks', 'chi-square', 'z', 'wasserstein', 'jensen-shannon', 'psi'] as const;

/** A drift test by its name in documents. */
export type DriftTestName = (typeof DRIFT_TEST_NAMES)[number];

/** Why a row is rejected. */
export const REJECT_REASONS = [
  'ragged',
  'missing',
  'not-a-number',
  'not-finite',
  'out-of-range',
  'missing-label',
  'unknown-label',
  'invalid-encoding',
] as const;

/** Why a row was rejected, by its name in documents. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** What a warning may be about. */
export const WARNING_CODES = [
  'rejected-rows',
  'read-as',
  'blank-rows',
  'duplicate-rows',
  'conflicting-labels',
  'constant-feature',
  'collinear-features',
  'wide-table',
  'sparse-feature',
  'not-above-chance',
  'one-class-only',
  'few-rows-for-gate',
  'gate-without-checks',
  'class-imbalance',
  'label-leakage',
  'small-holdout',
  'sampled-validation',
  'histogram-splits',
  'champion-rows',
  'not-converged',
  'not-monitored',
  'not-reported',
  'search-cut-short',
  'rough-calibration',
  'threshold-not-reached',
] as const;

/**
 * How far it is proved who acted: `claimed` is a name that somebody typed, `os-user` what the operating system calls the
 * user of client and worker, `signed` a key that was enrolled for the person, `aws` the caller that AWS names.
 */
export const PROOFS = ['claimed', 'os-user', 'signed', 'aws'] as const;

/** How far it is proved who acted. */
export type Proof = (typeof PROOFS)[number];
