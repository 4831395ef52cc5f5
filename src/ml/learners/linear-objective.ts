import type { ModelFeature } from '../../contracts/model.js';
import type { Curvature } from './newton.js';

/** Rows handled at a time: a block of every feature stays in the processor's cache. */
const BLOCK_ROWS = 1024;

/** A linear model for (x - mean) / scale, and how it was found. */
export interface LinearFit {
  intercept: number;
  /** One per feature. */
  coefficients: number[];
  iterations: number;
  converged: boolean;
}

/**
 * What the linear sums of some rows cost.
 * @param sums the linear sum of each row; replaced by the loss's first derivative in it
 * @param curves receives the second derivatives
 * @param labels classes of all rows, those of the block from `start` on
 * @param total its loss is added to, row by row
 */
export type RowLoss = (
  sums: Float64Array,
  curves: Float64Array,
  labels: Uint8Array,
  start: number,
  rows: number,
  total: Curvature,
) => void;

function addBlock(
  block: Float64Array[],
  weights: Float64Array,
  labels: Uint8Array,
  start: number,
  total: Curvature,
  rowLoss: RowLoss,
) {
  const rows = Math.min(BLOCK_ROWS, labels.length - start);
  const size = weights.length;
  const slopes = block[size]!;
  const curves = block[size + 1]!;
  slopes.fill(0, 0, rows);
  for (let j = 0; j < size; j++) {
    const x = block[j]!;
    const weight = weights[j]!;
    for (let i = 0; i < rows; i++) slopes[i]! += weight * x[i]!;
  }
  rowLoss(slopes, curves, labels, start, rows, total);
  for (let j = 0; j < size; j++) {
    const x = block[j]!;
    let slope = 0;
    for (let i = 0; i < rows; i++) slope += slopes[i]! * x[i]!;
    total.gradient[j]! += slope;
    for (let k = j; k < size; k++) {
      const z = block[k]!;
      let curve = 0;
      for (let i = 0; i < rows; i++) curve += curves[i]! * x[i]! * z[i]!;
      total.hessian[j * size + k]! += curve;
    }
  }
}

/**
 * A function that evaluates strength * sum of losses + |w|^2 / 2 in one pass over the rows; weight 0 is the intercept and
 * not penalised.
 * @param columns d arrays of n imputed raw values; they are standardised on the way with each feature's mean and scale
 * @param labels n classes
 */
export function linearObjective(
  columns: Float64Array[],
  labels: Uint8Array,
  features: ModelFeature[],
  strength: number,
  rowLoss: RowLoss,
): (weights: Float64Array) => Curvature {
  const size = columns.length + 1;
  const block = Array.from({ length: size + 2 }, () => new Float64Array(BLOCK_ROWS));
  block[0]!.fill(1);
  return (weights) => {
    const total = { loss: 0, gradient: new Float64Array(size), hessian: new Float64Array(size * size) };
    for (let start = 0; start < labels.length; start += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, labels.length - start);
      for (let j = 1; j < size; j++) {
        const { mean, scale } = features[j - 1]!;
        const source = columns[j - 1]!;
        const target = block[j]!;
        for (let i = 0; i < rows; i++) target[i] = (source[start + i]! - mean) / scale;
      }
      addBlock(block, weights, labels, start, total, rowLoss);
    }
    total.loss *= strength;
    for (let i = 0; i < size * size; i++) total.hessian[i]! *= strength;
    for (let j = 0; j < size; j++) {
      const weight = j === 0 ? 0 : weights[j]!;
      total.loss += (weight * weight) / 2;
      total.gradient[j] = strength * total.gradient[j]! + weight;
      if (j > 0) total.hessian[j * size + j]! += 1;
    }
    return total;
  };
}
