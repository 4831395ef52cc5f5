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

/** What a field of a request holds for a feature; `null` where its value is missing. */
export type FieldValue = number | null;

/**
 * How a model's score becomes a probability that holds for the rows it was fitted on; monotone, so that the order of
 * scores stays.
 */
export type Calibration =
  | {
      kind: 'isotonic';
      /** Ascending scores; between two of them the probability is interpolated, beyond the outermost it is theirs. */
      scores: number[];
      /** As many probabilities, not descending, in [0, 1]. */
      probabilities: number[];
    }
  | {
      /** Probability 1 / (1 + exp(-(intercept + slope * log-odds of the score))). */
      kind: 'platt';
      intercept: number;
      /** At least 0. */
      slope: number;
    };

/** The kind of a custom learner, `owner/learner`: the slash keeps it apart from every built-in kind to come. */
export type CustomKind = `${string}/${string}`;

/** Two names of lower-case letters, digits and hyphens with a slash between them, at most 32 characters each. */
export const CUSTOM_KIND = /^[a-z][a-z0-9-]{0,31}\/[a-z][a-z0-9-]{0,31}$/;

/** Plain data, as a model document holds it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * How models of one kind are scored: the only part of a learner that is deployed. It stands in a module of its own, as
 * its default export, and imports as little as it can.
 *
 * @typeParam M what `parse` makes of the parameters, once per model
 */
export interface Predictor<M = unknown> {
  kind: CustomKind;
  /**
   * Reads the parameters of a model document. It must go on reading what former versions of the learner wrote.
   * @param parameters finite JSON
   * @throws Error saying in the rest of a sentence what is wrong, like "it has 2 centroids for 3 features"
   */
  parse(parameters: Json, features: readonly ModelFeature[]): M;
  /**
   * Probability of the positive class, in [0, 1]. Pure: the same model and row give the same score on any machine.
   * @param row one value per feature, in original units, gaps filled; used again for the next row
   */
  predict(model: M, row: readonly number[]): number;
}

/** What a learner learns from: imputed values in original units, a column per feature. */
export interface TrainingMatrix {
  columns: readonly Float64Array[];
  features: readonly ModelFeature[];
}

/** Seeded random numbers; the only ones that a learner may use. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** Fisher-Yates, in place. */
  shuffle(values: Int32Array): void;
}

/** How models of one kind are learned. */
export interface CustomFit<O = unknown> {
  /** Changes whenever the same data and options may give another model: results of other versions are not reused. */
  version: string;
  /**
   * Learns from the rows of a matrix. Runs in a thread, which ends when the run is cancelled.
   * @param labels 0 or 1 for each row
   * @param options complete, as the schema of the learner gives them
   * @param progress tells people how far it is, when the chosen candidate is fitted
   * @returns parameters as plain JSON; they are the model
   */
  fit(
    matrix: TrainingMatrix,
    labels: Uint8Array,
    options: O,
    random: RandomSource,
    progress: (message: string) => void,
  ): Json;
}
