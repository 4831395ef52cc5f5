import type { Calibration } from './learner.js';

/** Columns of at most so many rows with a value keep all of them; larger ones keep a sketch. */
export const EXACT_UP_TO_ROWS = 10_000;

/**
 * What a deployed model's inputs and outputs looked like when it was trained: all that a drift check needs of the past.
 * JSON-safe; made by `buildReference`, checked on reading by `parseReference`.
 */
export interface ReferenceProfile {
  schemaVersion: 1;
  /** In the order of the model's features. */
  features: NumericReference[];
  /** The class, of held-out training rows: categories `0` and `1`. */
  prediction: CategoricalReference;
  /** Probability of the positive class, of held-out training rows. */
  score: NumericReference;
  labels: { negatives: number; positives: number };
}

/** A column of numbers. Moments are of the rows with a value, `null` without any. */
export interface NumericReference {
  name: string;
  /** Rows with a value. */
  rows: number;
  missing: number;
  mean: number | null;
  min: number | null;
  max: number | null;
  /** Of the population: over n, not n - 1. */
  standardDeviation: number | null;
  distribution: ExactDistribution | SketchedDistribution;
}

/** Every value, ascending, at most `EXACT_UP_TO_ROWS` of them. */
export interface ExactDistribution {
  kind: 'exact';
  values: number[];
}

/**
 * The sorted values cut into cells, which stay as they are for the life of the model. A value never lies in two cells, a
 * frequent one has a cell of its own, and cells are finer towards both ends. Lists of one length, ascending by value.
 */
export interface SketchedDistribution {
  kind: 'sketch';
  /** Least and greatest value of each cell; equal where the cell is a single value. */
  lows: number[];
  highs: number[];
  /** Mean of each cell less its least value, to four digits. */
  offsets: number[];
  /** Rows in each cell, at least 1. */
  counts: number[];
  /** Where values between the ends of cells with more than three rows lie, as `marksOf` writes them, one cell after the other. */
  marks: string;
}

/** A column of categories. */
export interface CategoricalReference {
  name: string;
  /** Rows with a value. */
  rows: number;
  missing: number;
  categories: { value: string; rows: number }[];
}

/** The only version of the document that this code reads and writes. */
export const MONITORING_REFERENCE_SCHEMA_VERSION = 1;

/** All that monitoring keeps of a model's training: no later check needs the training data. */
export interface MonitoringReference {
  schemaVersion: typeof MONITORING_REFERENCE_SCHEMA_VERSION;
  /** Name of the model. */
  model: string;
  /** Features of all rows, hold-out included, before imputation; predictions and scores are the model's own of the hold-out. */
  profile: ReferenceProfile;
  /** Fitted on out-of-fold scores. */
  calibration: Calibration;
}
