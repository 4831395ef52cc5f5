import type { Calibration } from './calibration.js';
import type { ColumnDefinition, LearnerKind, ThresholdRule } from './definition.js';
import { isOwnKind, type Json, type OwnKind } from './learner.js';
import type { MetricTable } from './metrics.js';

/** The version of the model document that this code writes; it also reads version 1, which knew no calibration. */
export const MODEL_SCHEMA_VERSION = 2;

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
  /** Probability of the positive class among the node's training rows, rounded to 6 decimals; log-odds in boosting. */
  value: number[];
}

/** Weights of one layer: `units` sums of all inputs, in input order within each unit. */
export interface Layer {
  /** One row of weights per unit, one weight per input. */
  weights: number[][];
  /** One per unit. */
  biases: number[];
}

export type Estimator =
  /** Logistic function of intercept + sum of coefficient * (x - mean) / scale. */
  | { kind: 'logistic-regression'; intercept: number; coefficients: number[] }
  /** The same linear sum is a decision value; Platt's scaling makes it a probability: logistic(offset + slope * value). */
  | { kind: 'linear-svm'; intercept: number; coefficients: number[]; platt: { slope: number; offset: number } }
  /** Hidden layers with rectified linear units on (x - mean) / scale, then one unit with the logistic function. */
  | { kind: 'neural-network'; layers: Layer[] }
  | { kind: 'cart'; tree: Tree }
  /** Mean of the trees' values. */
  | { kind: 'random-forest'; trees: Tree[] }
  /** Logistic function of intercept + sum of the trees' values, which are log-odds with the learning rate in them. */
  | { kind: 'gradient-boosting'; intercept: number; trees: Tree[] }
  /** Scored by the registered predictor of the kind. */
  | { kind: OwnKind; parameters: Json };

/** An estimator of a learner of one's own. */
export type OwnEstimator = Extract<Estimator, { kind: OwnKind }>;

export const isOwnEstimator = (estimator: Estimator): estimator is OwnEstimator => isOwnKind(estimator.kind);

/** What is needed to score a row, and nothing else. */
export interface FittedModel {
  features: ModelFeature[];
  estimator: Estimator;
  /** Applied to the estimator's probability; `null` leaves it as it is. */
  calibration: Calibration | null;
}

/** Why the decision threshold is what it is, and what it meant for rows the model had not seen. */
export interface ThresholdChoice {
  rule: ThresholdRule;
  /** Training rows with an out-of-fold score, and the positives among them. */
  rows: number;
  positives: number;
  /** At the threshold, on out-of-fold scores; `null` where a class has no rows. */
  recall: number | null;
  specificity: number | null;
  precision: number | null;
}

/** `model.json`: plain data, no code. Same data, definition and code give the same bytes. Score and threshold are of calibrated probabilities. */
export interface ModelDocument extends FittedModel {
  schemaVersion: typeof MODEL_SCHEMA_VERSION;
  name: string;
  labels: { negative: string; positive: string };
  /** A row is positive when its score is at least this. */
  threshold: number;
  /** `null` in a document of schema version 1, whose threshold was fixed. */
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
  event: Record<string, number | null>;
  expected: Prediction;
}
