import type { MetricName, RejectReason } from './vocabulary.js';
import type { CandidateDefinition } from './definition.js';
import type { ArtifactRef, Estimate, Warning } from './values.js';
import { decimals } from './text.js';
import type { EqualRows, HoldoutResult, LeaderboardRow } from '../report/schema/run-status.js';

export type { DriftReport } from '../report/schema/drift-report.js';
export type {
  ChampionComparison,
  EqualRows,
  GateCheck,
  GateVerdict,
  HoldoutResult,
  LeaderboardRow,
  MetricComparison,
  SearchSummary,
  VersionComparison,
} from '../report/schema/run-status.js';
export type {
  Evaluation,
  ExploratoryProfile,
  FeatureProfile,
  ReportLineage,
  TrainingReport,
} from '../report/schema/training-report.js';

/** Rejected rows of one reason; a row is counted once, under its first reason in column order. */
export interface Rejects {
  reason: RejectReason;
  /** Source header of the column at fault, `null` when it is the whole row. */
  column: string | null;
  rows: number;
  /** Physical lines of the first few in the source, 1 = header; row numbers for Parquet. */
  lines: number[];
}

/** A data set as it was read, checked and stored. */
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

/** The rows as learners take them, and what was noticed about them. */
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

/** Every fold's value of each metric, fold by fold within repeat by repeat; `null` where it is undefined. */
export type FoldMetrics = Record<MetricName, (number | null)[]>;

/** One trial of an option search and what its cross-validation found. */
export interface MeasuredTrial {
  options: CandidateDefinition['options'];
  /** The selection metric. */
  value: Estimate;
  warnings: Warning[];
}

/** One repeat of nested cross-validation. */
export interface NestedResult {
  /** As JSON: a {@link NestedScores}. */
  scores: ArtifactRef;
  warnings: Warning[];
}

/** Outer folds as their models scored them, not calibrated: n scores and n classes, 0 or 1, for each. */
export interface NestedScores {
  folds: { scores: number[]; labels: number[] }[];
  /** Position of the trial that was chosen for each fold. */
  winners: number[];
}

/** Names of the files that make a model open elsewhere, beside `model.json`. */
export const PORTABLE_FILES = ['model.onnx', 'MLmodel', 'requirements.txt', 'input_example.json'] as const;

/** Where each of these files is. */
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

/**
 * How the options of a candidate were found, in one line for people; `null` when they were given.
 * @param label what the selection metric is called
 */
export function searchLine(
  { candidate, options, search, metrics, repeats, without }: LeaderboardRow,
  metric: MetricName,
  label: string = metric,
): string | null {
  if (search === null || without !== null) return null;
  const chosen = Object.entries(options)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`)
    .join(', ');
  const [flattering, nested] = [search.winner, metrics[metric]].map(({ value }) => decimals(value, 'undefined'));
  return `${candidate}: ${search.method} search, ${search.measured} of ${search.planned} trials measured, best ${chosen}; ${label} ${flattering} where it was chosen (flattering), ${nested} in ${repeats} nested ${repeats === 1 ? 'repeat' : 'repeats'}`;
}
