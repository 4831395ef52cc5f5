import { PipelineFailure } from '../contracts/failures.js';
import type { FittedModel, ModelDocument, ModelFeature, Prediction, Tree } from '../contracts/model.js';

/** Rows prepared and scored together: small enough for the processor's cache, large enough to amortise the loop. */
const BLOCK_ROWS = 1024;

interface PackedTree {
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
}

/**
 * Logistic function without overflow: each tail is computed from the exponential that is at most 1.
 * Gives 0 and 1 at the infinities.
 */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/**
 * Probability of the positive class for one row.
 * @param x values in feature order and original units, NaN where missing
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRow(model: FittedModel, x: ArrayLike<number>): number {
  const values = model.features.map((feature, j) => present(x[j] ?? NaN, feature));
  const { estimator } = model;
  switch (estimator.kind) {
    case 'logistic-regression':
      return sigmoid(logit(model.features, estimator.intercept, estimator.coefficients, values, 0));
    case 'cart':
      return leafValue(estimator.tree, values);
    case 'random-forest': {
      let sum = 0;
      for (const tree of estimator.trees) sum += leafValue(tree, values);
      return sum / estimator.trees.length;
    }
  }
}

/**
 * Probabilities of the positive class for many rows, bit for bit those of {@link scoreRow}.
 * @param columns one array per feature, in feature order, NaN where missing
 * @param rows indices into the columns; the result has their length and order
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRows(model: FittedModel, columns: readonly Float64Array[], rows: Int32Array): Float64Array {
  const { features, estimator } = model;
  const width = features.length;
  const scores = new Float64Array(rows.length);
  const trees =
    estimator.kind === 'cart'
      ? [pack(estimator.tree)]
      : estimator.kind === 'random-forest'
        ? estimator.trees.map(pack)
        : [];
  const block = new Float64Array(Math.min(BLOCK_ROWS, rows.length) * width);
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - start);
    gather(features, columns, rows.subarray(start, start + count), block);
    if (estimator.kind === 'logistic-regression') {
      for (let i = 0; i < count; i++) {
        scores[start + i] = sigmoid(logit(features, estimator.intercept, estimator.coefficients, block, i * width));
      }
      continue;
    }
    const blockScores = scores.subarray(start, start + count);
    for (const tree of trees) addLeafValues(tree, block, width, blockScores);
    if (estimator.kind === 'random-forest') {
      for (let i = start; i < start + count; i++) scores[i]! /= trees.length;
    }
  }
  return scores;
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
  if (!Number.isNaN(value)) return value;
  if (feature.imputation !== null) return feature.imputation;
  throw new PipelineFailure(
    'DataContract',
    `Feature ${feature.name} is missing in a row to score, but the model has no imputation for it; send a number.`,
  );
}

function gather(
  features: ModelFeature[],
  columns: readonly Float64Array[],
  rows: Int32Array,
  block: Float64Array,
): void {
  const width = features.length;
  features.forEach((feature, j) => {
    const column = columns[j] ?? new Float64Array(0);
    for (let i = 0; i < rows.length; i++) {
      const value = column[rows[i]!];
      block[i * width + j] = value === undefined || Number.isNaN(value) ? present(NaN, feature) : value;
    }
  });
}

/** Linear predictor of the row that starts at `offset`; both paths share it, so that additions happen in one order. */
function logit(
  features: ModelFeature[],
  intercept: number,
  coefficients: number[],
  x: ArrayLike<number>,
  offset: number,
): number {
  let z = intercept;
  for (let j = 0; j < features.length; j++) {
    const { mean, scale } = features[j]!;
    z += coefficients[j]! * ((x[offset + j]! - mean) / scale);
  }
  return z;
}

function leafValue(tree: Tree, x: number[]): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  for (let f = feature[node]!; f >= 0; f = feature[node]!) {
    node = x[f]! <= threshold[node]! ? left[node]! : right[node]!;
  }
  return tree.value[node]!;
}

/** Adds the tree's value to each row of a block; a loop of its own, so that the engine sees typed arrays only. */
function addLeafValues(tree: PackedTree, block: Float64Array, width: number, scores: Float64Array): void {
  const { feature, threshold, left, right, value } = tree;
  for (let i = 0, offset = 0; i < scores.length; i++, offset += width) {
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      node = block[offset + f]! <= threshold[node]! ? left[node]! : right[node]!;
    }
    scores[i]! += value[node]!;
  }
}

function pack(tree: Tree): PackedTree {
  return {
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
  };
}
