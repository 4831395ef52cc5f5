import { calibratedProbability } from './calibration.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ModelFeature } from '../contracts/learner.js';
import type { FittedModel, ModelDocument, Prediction } from '../contracts/model.js';
import type { BlockScorer } from '../ml/learners/learner.js';
import { filled } from './features.js';
import { type Estimator, scoringOf } from '../ml/learners/index.js';
import type { Values } from '../ml/table.js';

/** Rows prepared and scored together: small enough for the processor's cache, large enough to amortise the loop. */
const BLOCK_ROWS = 1024;

/**
 * Probability of the positive class for one row, calibrated where the model says so.
 * @param x values in feature order and original units, NaN where missing
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRow(model: FittedModel, x: ArrayLike<number>): number {
  const { features, estimator, calibration } = model;
  const values = features.map((feature, j) => present(x[j] ?? NaN, feature));
  const score = scoringOf(estimator.kind).row(features, estimator)(values, 0);
  return calibration === null ? score : calibratedProbability(calibration, score);
}

/**
 * Probabilities of the positive class for many rows, bit for bit those of {@link scoreRow}.
 * @param values one column per feature, in feature order
 * @param rows indices into the columns; the result has their length and order
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRows(model: FittedModel, values: Values, rows: Int32Array): Float64Array {
  const { features, estimator, calibration } = model;
  const width = features.length;
  const scores = new Float64Array(rows.length);
  const scoreBlock = blockScorer(features, estimator);
  const block = new Float64Array(Math.min(BLOCK_ROWS, rows.length) * width);
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - start);
    gather(features, values, rows.subarray(start, start + count), block);
    scoreBlock(block, scores.subarray(start, start + count));
  }
  return calibration === null ? scores : scores.map((score) => calibratedProbability(calibration, score));
}

function blockScorer(features: ModelFeature[], estimator: Estimator): BlockScorer {
  const scoring = scoringOf(estimator.kind);
  if (scoring.block !== undefined) return scoring.block(features, estimator);
  const scoreAt = scoring.row(features, estimator);
  return (block, scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = scoreAt(block, i * features.length);
  };
}

/** Score and class of one row; see {@link scoreRow} for `x` and what it throws. */
export function predictRow(document: ModelDocument, x: ArrayLike<number>): Prediction {
  const score = scoreRow(document, x);
  return { prediction: classOf(document, score), score };
}

/** 1 when the score reaches the document's threshold, otherwise 0. */
export function classOf(document: Pick<ModelDocument, 'threshold'>, score: number): 0 | 1 {
  return score >= document.threshold ? 1 : 0;
}

function present(value: number, feature: ModelFeature): number {
  const known = filled(feature, value);
  if (!Number.isNaN(known)) return known;
  throw new PipelineFailure(
    'DataContract',
    `Feature ${feature.name} is missing in a row to score, but the model has no imputation for it; send a number.`,
  );
}

function gather(features: ModelFeature[], { columns }: Values, rows: Int32Array, block: Float64Array): void {
  const width = features.length;
  features.forEach((feature, j) => {
    const column = columns[j] ?? new Float64Array(0);
    for (let i = 0; i < rows.length; i++) {
      const value = column[rows[i]!];
      block[i * width + j] = value === undefined || Number.isNaN(value) ? present(NaN, feature) : value;
    }
  });
}
