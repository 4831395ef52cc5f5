import type { Warning } from './warning.js';
import type { ArtifactRef } from './artifact.js';
import type { Difference, VersionComparison } from './comparison.js';
import type { CandidateDefinition, LearnerKind } from './candidate.js';
import type { ConfusionMatrix, Estimate, MetricName, MetricTable } from './metrics.js';

export type RejectReason =
  | 'ragged'
  | 'missing'
  | 'not-a-number'
  | 'not-finite'
  | 'out-of-range'
  | 'missing-label'
  | 'unknown-label'
  | 'invalid-encoding';

/** Rejected rows of one reason; a row is counted once, under its first reason in column order. */
export interface Rejects {
  reason: RejectReason;
  /** Source header of the column at fault, `null` when it is the whole row. */
  column: string | null;
  rows: number;
  /** Physical lines of the first few in the source, 1 = header; row numbers for Parquet. */
  lines: number[];
}

export interface IngestResult {
  /** Where it came from, without query string or credentials. */
  uri: string;
  /** SHA-256 of the source bytes. */
  sourceSha256: string;
  /** Typed Parquet: the features in definition order as DOUBLE, then `label` as UTINYINT. */
  dataset: ArtifactRef;
  rowsRead: number;
  rows: number;
  positives: number;
  rejected: number;
  rejects: Rejects[];
  /** What the `lines` of rejects count. */
  unit: 'line' | 'row';
  /** Rows whose every field is empty; they are none of the rows read. */
  blank: number;
  /** How the source was read, where that is not the plain way. */
  warnings: Warning[];
}

/** Exploratory profile: the document is stored, its size and a line per feature travel. */
export interface ProfileResult {
  profile: ArtifactRef;
  /** Rows the profile was made from; the data set is sampled above a bound. */
  rows: number;
}

/** What was made of rows whose features are all equal. */
export interface EqualRows {
  /**
   * `together`: copies of one case, which no boundary of folds or hold-out separates. `different-cases`: few distinct
   * values make different cases alike, or a state recurs.
   */
  verdict: 'none' | 'together' | 'different-cases';
  /** Rows that repeat an earlier one, training and hold-out rows alike. */
  repeats: number;
  /** Pairs of equal rows, and how many were to be expected by the spread of the columns. */
  pairs: number;
  expectedPairs: number;
}

export interface FeaturesResult {
  /** Column-major matrix with labels and roles (train, hold-out); see `src/data/matrix.ts`. */
  matrix: ArtifactRef;
  /** Fingerprints of the training rows under the store's own key, so that later hold-outs can leave them out. */
  trainingRows: ArtifactRef;
  rows: { train: number; trainPositives: number; holdout: number; holdoutPositives: number };
  equalRows: EqualRows;
  /** Features that alone separate the classes almost perfectly. */
  suspicious: string[];
  warnings: Warning[];
}

/** One row of the leaderboard: a candidate, on all features or without a suspicious one. */
export interface LeaderboardRow {
  candidate: string;
  kind: LearnerKind;
  /** The feature that was left out, `null` for the full model. */
  without: string | null;
  metrics: MetricTable;
  /** Mean over repeats. */
  confusion: ConfusionMatrix;
  rows: number;
  folds: number;
  repeats: number;
  /** The metrics of every fold, as JSON: a {@link FoldMetrics}. */
  foldMetrics: ArtifactRef;
  /** What it was measured with; of a candidate whose options were searched, the winning trial's. */
  options: CandidateDefinition['options'];
  search: SearchSummary | null;
  warnings: Warning[];
}

/** Every fold's value of each metric, fold by fold within repeat by repeat; `null` where it is undefined. */
export type FoldMetrics = Record<MetricName, (number | null)[]>;

/**
 * How options were chosen. The metrics of the row are nested: each outer fold was scored by a model whose options were
 * chosen without it.
 */
export interface SearchSummary {
  method: 'grid' | 'random';
  /** Trials that were measured, of those that the definition has. */
  measured: number;
  planned: number;
  /** The winner's own cross-validated selection metric: flattering, because it was chosen for it. */
  winner: Estimate;
  /** Finished trials, best first, at most 10. */
  best: { options: CandidateDefinition['options']; value: number | null }[];
}

export interface HoldoutResult {
  rows: number;
  positives: number;
  metrics: MetricTable;
  confusion: ConfusionMatrix;
}

/** Names of the files that make a model open elsewhere, beside `model.json`. */
export const PORTABLE_FILES = ['model.onnx', 'MLmodel', 'requirements.txt', 'input_example.json'] as const;

export type PortableFiles = Record<(typeof PORTABLE_FILES)[number], ArtifactRef>;

/** The refitted candidate and how it does on rows it has never seen. */
export interface FitResult {
  model: ArtifactRef;
  /** `null` for an own kind, which has no such form. */
  portable: PortableFiles | null;
  /** Float64 scores, calibrated, of the rows that cross-validation used, each by a model that had not seen the row. */
  outOfFold: ArtifactRef;
  holdout: HoldoutResult;
  warnings: Warning[];
}

/** What reports and monitoring need of a candidate, stored as JSON. */
export interface EvaluationResult {
  /** An `Evaluation`: curves, calibration and importances. */
  evaluation: ArtifactRef;
  /** A `MonitoringReference`: what inputs and scores were like at training. */
  reference: ArtifactRef;
}

export interface GateCheck {
  /** `rocAuc at least 0.8`, `not worse than version 3`. */
  rule: string;
  passed: boolean;
  /** What was measured, in words with numbers. */
  found: string;
}

export interface ChampionComparison {
  version: number;
  metric: MetricName;
  /** `holdout`: same rows, paired bootstrap. `cross-validation`: too few common rows. */
  basis: 'holdout' | 'cross-validation';
  /** Rows neither model was trained on. */
  rows: number;
  /** Level of the interval of the difference. */
  confidence: number;
  /** Candidate minus champion, signed so that positive is better for the candidate. */
  difference: Difference;
  /** Every metric on the common rows, A the candidate and B the champion; `null` by cross-validation. */
  onCommonRows: VersionComparison | null;
}

export interface GateVerdict {
  passed: boolean;
  checks: GateCheck[];
  comparison: ChampionComparison | null;
  /** Version that served when this was judged, `null` for none. */
  champion: number | null;
  /** The candidate is byte for byte the model now serving. */
  unchanged: boolean;
  warnings: Warning[];
}

export interface RegisteredModel {
  name: string;
  version: number;
  sha256: string;
}
