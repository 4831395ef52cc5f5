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

/** Something a person should know before trusting the model; never stops the run. */
export interface Warning {
  code: (typeof WARNING_CODES)[number];
  message: string;
}
