import type { CandidateKind, ColumnDefinition } from './definition.js';
import type { MetricTable } from './metrics.js';

/** The only version of the model document this code reads and writes. */
export const MODEL_SCHEMA_VERSION = 1;

/** One input of the model: what a request must hold, and how it is prepared. */
export interface ModelFeature {
  name: string;
  unit: string;
  range: [min: number, max: number];
  /** Replaces a missing value; `null` when the feature is required. */
  imputation: number | null;
  /** Linear estimators see (x - mean) / scale; trees see x. */
  mean: number;
  /** Population standard deviation on the training rows, 1 for a constant feature. */
  scale: number;
}

/** The part of a column definition that a feature is made from. */
export type FeatureColumn = Pick<ColumnDefinition, 'name' | 'unit' | 'range' | 'impute'>;

/**
 * A binary tree as parallel arrays. Node 0 is the root; children have greater indices than their parent.
 * A row goes left when `x[feature] <= threshold`.
 */
export interface Tree {
  /** Feature index, -1 for a leaf. */
  feature: number[];
  /** 0 for a leaf. */
  threshold: number[];
  /** Child indices, -1 for a leaf. */
  left: number[];
  right: number[];
  /** Probability of the positive class among the node's training rows, rounded to 6 decimals. */
  value: number[];
}

export type Estimator =
  | { kind: 'logistic-regression'; intercept: number; coefficients: number[] }
  | { kind: 'cart'; tree: Tree }
  | { kind: 'random-forest'; trees: Tree[] };

/** What is needed to score a row, and nothing else. */
export interface FittedModel {
  features: ModelFeature[];
  estimator: Estimator;
}

/** `model.json`: plain data, no code. Same data, definition and code give the same bytes. */
export interface ModelDocument extends FittedModel {
  schemaVersion: typeof MODEL_SCHEMA_VERSION;
  name: string;
  labels: { negative: string; positive: string };
  /** A row is positive when its score is at least this. */
  threshold: number;
  training: {
    candidate: string;
    kind: CandidateKind;
    datasetSha256: string;
    definitionSha256: string;
    codeVersion: string;
    seed: number;
    rows: number;
    positives: number;
  };
  metrics: { crossValidated: MetricTable; holdout: MetricTable };
}

/** The answer for one row. */
export interface Prediction {
  /** 1 for the positive class, otherwise 0. */
  prediction: 0 | 1;
  /** Estimated probability of the positive class, in [0, 1]. */
  score: number;
}
