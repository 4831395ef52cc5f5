import type { z } from 'zod';
import type { ModelFeature } from '../../contracts/learner.js';
import type { Warning } from '../../contracts/values.js';
import type { GraphBuilder } from '../../model/onnx/graph.js';
import type { Tree } from './tree/check.js';

/** Options of a learner: each has a default, so that a definition may name the kind alone. */
export type OptionsSchema = z.ZodObject<Record<string, z.ZodDefault<z.ZodType>>>;

/** Imputed raw values, compact and column-major, with what is known about them. */
export interface TrainingData {
  columns: Float64Array[];
  /** A class for each row, 0 or 1. */
  labels: Uint8Array;
  features: ModelFeature[];
  /** The group of each row, where rows belong together. */
  groups?: Int32Array | undefined;
  /** The only source of randomness. */
  seed: number;
  /** Tells people how far it is. */
  progress: (message: string) => void;
}

/** What was learned, and what people should know of it. */
export interface Fit<E> {
  estimator: E;
  warnings: Warning[];
}

/**
 * How a kind of candidate is learned.
 *
 * @typeParam O its options, complete
 * @typeParam E what it learns, as a model document holds it
 */
export interface Learner<O, E> {
  /** Of a learner that changes apart from this code: definitions name it, and no other version may fit their candidates. */
  version: string | null;
  /** Refuses keys that it does not know. */
  options: OptionsSchema;
  /** Learns from all rows: the same data and options give the same estimator. */
  fit(data: TrainingData, options: O): Fit<E>;
  /** All of it that is deployed. */
  scoring: Scoring<E>;
  /**
   * Absolute path of the module whose default export is the predictor of a learner that others wrote. A built-in learner is
   * deployed by `scoring` of `score.ts` in its folder.
   */
  predictorModule?: string;
  /**
   * Adds the estimator's probability of the positive class to an ONNX graph, a vector, before calibration. Left out by
   * learners whose models have no form for other languages.
   * @param filled rows x features, in original units
   */
  onnx?(graph: GraphBuilder, filled: string, features: ModelFeature[], estimator: E): string;
  /**
   * Why no document holds the largest model that any of these options make: which option, and the rest of a sentence that
   * begins with "it". `null` where all are held.
   */
  tooLarge?(written: readonly O[], features: number): { option: string; message: string } | null;
}

/** Scores the row that starts at `offset`; each of its features has a value. */
export type RowScorer = (x: ArrayLike<number>, offset: number) => number;

/** Scores the rows of a block, one after another in it, into an array of zeros. */
export type BlockScorer = (block: Float64Array, scores: Float64Array) => void;

/** How models of one kind are checked and scored. It knows neither options nor how they learn: it is deployed. */
export interface Scoring<E> {
  /** Reads the estimator of a model document. @throws PipelineFailure `ModelInvalid` */
  check(value: unknown, features: ModelFeature[]): E;
  /** Gives the probability of the positive class, before calibration. */
  row(features: ModelFeature[], estimator: E): RowScorer;
  /** Gives the same, bit for bit, for many rows. Left out where nothing is faster than row by row. */
  block?(features: ModelFeature[], estimator: E): BlockScorer;
  /** The trees that an estimator is made of. */
  trees?(estimator: E): Tree[];
}
