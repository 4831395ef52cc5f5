import type { ApprovalPolicy, DeploymentPolicy } from './deployment.js';
import type { MetricName } from './metrics.js';
import type { MonitoringPolicy } from './monitoring-policy.js';

/** What a model may be called: a folder, a function and a workflow are named after it. */
export const MODEL_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** One column of the allow-list. What is not listed never leaves ingest. */
export interface ColumnDefinition {
  /** Header in the source file, matched exactly after trimming. */
  source: string;
  /** Name of the feature from here on: `[a-z][a-z0-9_]*`. */
  name: string;
  /** Unit for people, `''` when there is none. */
  unit: string;
  /** Inclusive limits; a value outside rejects the row (training) or the request (serving). */
  range: [min: number, max: number];
  /** `none`: a missing value rejects the row. Otherwise it is filled with this statistic of the training rows. */
  impute: 'none' | 'mean' | 'median';
}

export interface TargetDefinition {
  source: string;
  /** Label spellings to classes; compared trimmed and case-insensitively. */
  labels: Record<string, 0 | 1>;
  /** How the classes are called in results. */
  positive: string;
  negative: string;
}

export interface LogisticRegressionOptions {
  /** Inverse strength of the L2 penalty on standardised features (scikit-learn's `C`). */
  inverseRegularization: number;
  maxIterations: number;
}

export interface CartOptions {
  maxDepth: number;
  minLeafRows: number;
  /** Up to this many training rows ml-cart's exact search is used, beyond it histogram splits. */
  exactUpToRows: number;
}

export interface RandomForestOptions {
  trees: number;
  maxDepth: number;
  minLeafRows: number;
  /** Features tried per split; 0 means the rounded square root of their number. */
  featuresPerSplit: number;
}

/** `name` is unique within a definition and defaults to the kind. */
export type CandidateDefinition =
  | { kind: 'logistic-regression'; name: string; options: LogisticRegressionOptions }
  | { kind: 'cart'; name: string; options: CartOptions }
  | { kind: 'random-forest'; name: string; options: RandomForestOptions };

export type CandidateKind = CandidateDefinition['kind'];

/** What the model is for, and is not; shown in its reports. */
export interface ModelCard {
  intendedUse: string;
  limits: string[];
}

/** A complete, checked definition: no optional fields, every default filled in (see `src/definition.ts`). */
export interface Definition {
  model: string;
  dataset: {
    /** Absolute path, `file:`, `http:` or `https:` URI of a CSV or Parquet file. */
    uri: string;
    /** Share of rows in [0, 1] that may be rejected before the run fails. */
    maxRejectedShare: number;
  };
  columns: ColumnDefinition[];
  target: TargetDefinition;
  split: { testFraction: number; seed: number };
  validation: {
    folds: number;
    repeats: number;
    /** Level of all intervals, 0.95 for 95 %. */
    confidence: number;
    /** Cross-validation uses a stratified sample of at most this many training rows. */
    maxRows: number;
  };
  candidates: CandidateDefinition[];
  selection: { metric: MetricName };
  gate: {
    /** Smallest acceptable cross-validated value by metric. */
    minimum: Partial<Record<MetricName, number>>;
    /** Smallest acceptable difference to the champion in the selection metric; negative tolerates a loss. */
    championMargin: number;
    /** Fewer rows of either class than this left to both models: compare cross-validated estimates instead. */
    minimumRowsPerClass: number;
  };
  approval: ApprovalPolicy;
  deployment: DeploymentPolicy;
  monitoring: MonitoringPolicy;
  card: ModelCard;
}
