import type { Estimator } from '../ml/learners/index.js';
import type { Calibration, FieldValue, ModelFeature } from './learner.js';
import type { ColumnDefinition, LearnerKind } from './definition.js';
import type { MetricTable, ThresholdChoice } from './values.js';

/** The only version of the model document that this code reads and writes. */
export const MODEL_SCHEMA_VERSION = 2;

/** The part of a column definition that a feature is made from; of each type of column by itself. */
export type FeatureColumn<C = ColumnDefinition> = C extends unknown ? Omit<C, 'source'> : never;

/** What is needed to score a row, and nothing else. */
export interface FittedModel {
  features: ModelFeature[];
  estimator: Estimator;
  /** Applied to the estimator's probability; `null` leaves it as it is. */
  calibration: Calibration | null;
}

/** `model.json`: plain data, no code. Same data, definition and code give the same bytes. Score and threshold are of calibrated probabilities. */
export interface ModelDocument extends FittedModel {
  schemaVersion: typeof MODEL_SCHEMA_VERSION;
  name: string;
  labels: { negative: string; positive: string };
  /** A row is positive when its score is at least this. */
  threshold: number;
  /** What the threshold meant on out-of-fold scores; `null` where a document does not say. */
  thresholdChoice: ThresholdChoice | null;
  training: {
    candidate: string;
    kind: LearnerKind;
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

/** A direct event of the function and the answer that the model itself gives to it. */
export interface GoldenRequest {
  event: Record<string, FieldValue>;
  expected: Prediction;
}
