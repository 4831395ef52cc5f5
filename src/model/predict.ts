import { calibratedProbability, sigmoid } from '../contracts/calibration.js';
import { PipelineFailure } from '../contracts/failures.js';
import {
  type Estimator,
  type FittedModel,
  isOwnEstimator,
  type Layer,
  type ModelDocument,
  type ModelFeature,
  type Prediction,
  type Tree,
} from '../contracts/model.js';
import { ownScorer } from '../ml/learners/custom/score.js';

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
 * Probability of the positive class for one row, calibrated where the model says so.
 * @param x values in feature order and original units, NaN where missing
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRow(model: FittedModel, x: ArrayLike<number>): number {
  const { features, estimator, calibration } = model;
  const values = features.map((feature, j) => present(x[j] ?? NaN, feature));
  let score: number;
  if (isOfTrees(estimator)) {
    let sum = 0;
    for (const tree of treesOf(estimator)) sum += leafValue(tree, values);
    score = probabilityOfSum(estimator, sum);
  } else {
    score = scorerOf(features, estimator)(values, 0);
  }
  return calibration === null ? score : calibratedProbability(calibration, score);
}

/**
 * Probabilities of the positive class for many rows, bit for bit those of {@link scoreRow}.
 * @param columns one array per feature, in feature order, NaN where missing
 * @param rows indices into the columns; the result has their length and order
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function scoreRows(model: FittedModel, columns: readonly Float64Array[], rows: Int32Array): Float64Array {
  const { features, estimator, calibration } = model;
  const width = features.length;
  const scores = new Float64Array(rows.length);
  const scoreBlock = blockScorer(features, estimator);
  const block = new Float64Array(Math.min(BLOCK_ROWS, rows.length) * width);
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - start);
    gather(features, columns, rows.subarray(start, start + count), block);
    scoreBlock(block, scores.subarray(start, start + count));
  }
  return calibration === null ? scores : scores.map((score) => calibratedProbability(calibration, score));
}

/** Scores the rows of a block, one after another in it, into an array of zeros. */
type BlockScorer = (block: Float64Array, scores: Float64Array) => void;

function blockScorer(features: ModelFeature[], estimator: Estimator): BlockScorer {
  const width = features.length;
  if (isOfTrees(estimator)) {
    const trees = treesOf(estimator).map(pack);
    return (block, scores) => {
      for (const tree of trees) addLeafValues(tree, block, width, scores);
      for (let i = 0; i < scores.length; i++) scores[i] = probabilityOfSum(estimator, scores[i]!);
    };
  }
  const scoreAt = scorerOf(features, estimator);
  return (block, scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = scoreAt(block, i * width);
  };
}

type TreeEstimator = Extract<Estimator, { tree: Tree } | { trees: Tree[] }>;

const isOfTrees = (estimator: Estimator): estimator is TreeEstimator => 'tree' in estimator || 'trees' in estimator;

/** The trees of an estimator, none when it is not made of trees. */
export const treesOf = (estimator: Estimator): Tree[] =>
  'tree' in estimator ? [estimator.tree] : 'trees' in estimator ? estimator.trees : [];

/** What the sum of the leaf values of a row means. */
function probabilityOfSum(estimator: TreeEstimator, sum: number): number {
  switch (estimator.kind) {
    case 'cart':
      return sum;
    case 'random-forest':
      return sum / estimator.trees.length;
    case 'gradient-boosting':
      return sigmoid(estimator.intercept + sum);
  }
}

/** Scores the row that starts at `offset`; both paths share it, so that additions happen in one order. */
type RowScorer = (x: ArrayLike<number>, offset: number) => number;

function scorerOf(features: ModelFeature[], estimator: Exclude<Estimator, TreeEstimator>): RowScorer {
  if (isOwnEstimator(estimator)) return ownScorer(features, estimator);
  switch (estimator.kind) {
    case 'logistic-regression': {
      const { intercept, coefficients } = estimator;
      return (x, offset) => sigmoid(linearSum(features, intercept, coefficients, x, offset));
    }
    case 'linear-svm': {
      const { intercept, coefficients, platt } = estimator;
      return (x, offset) =>
        sigmoid(platt.offset + platt.slope * linearSum(features, intercept, coefficients, x, offset));
    }
    case 'neural-network': {
      const { layers } = estimator;
      const inputs = new Float64Array(features.length);
      const values = [inputs, ...layers.map(({ biases }) => new Float64Array(biases.length))];
      return (x, offset) => {
        for (let j = 0; j < features.length; j++) inputs[j] = (x[offset + j]! - features[j]!.mean) / features[j]!.scale;
        return sigmoid(forward(layers, values));
      };
    }
  }
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

/** Intercept and coefficients times standardised values of the row that starts at `offset`. */
function linearSum(
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

/**
 * Value of the only unit of the last layer; the units before it are rectified.
 * @param values the inputs, then room for the values of every layer; written anew for every row
 */
function forward(layers: Layer[], values: Float64Array[]): number {
  for (let l = 0; l < layers.length; l++) {
    const { weights, biases } = layers[l]!;
    const below = values[l]!;
    const here = values[l + 1]!;
    const hidden = l < layers.length - 1;
    for (let u = 0; u < here.length; u++) {
      const row = weights[u]!;
      let sum = biases[u]!;
      for (let j = 0; j < below.length; j++) sum += row[j]! * below[j]!;
      here[u] = hidden && sum < 0 ? 0 : sum;
    }
  }
  return values[layers.length]![0]!;
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
