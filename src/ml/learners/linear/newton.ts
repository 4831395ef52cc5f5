import { Matrix, solve } from 'ml-matrix';
import type { Warning } from '../../../contracts/values.js';
import type { Scaling } from '../../../model/features.js';

/** Newton stops when no weight moves by more than this, relative to the greatest; the error left is about its square. */
const STEP_TOLERANCE = 1e-7;
const MAX_HALVINGS = 30;
/** Loss differences below this share are rounding noise. */
const LOSS_NOISE = 1e-12;

/** Objective, gradient and upper triangle of the Hessian at a point. */
interface Curvature {
  loss: number;
  gradient: Float64Array;
  /** Row by row, size * size. */
  hessian: Float64Array;
}

/** A linear model for (x - mean) / scale, and how it was found. */
export interface LinearFit {
  intercept: number;
  /** One per input. */
  coefficients: number[];
  iterations: number;
  converged: boolean;
}

function newtonStep({ gradient, hessian }: Curvature): number[] {
  const size = gradient.length;
  const matrix = new Matrix(size, size);
  for (let j = 0; j < size; j++) {
    for (let k = j; k < size; k++) {
      matrix.set(j, k, hessian[j * size + k]!);
      matrix.set(k, j, hessian[j * size + k]!);
    }
  }
  return solve(matrix, Matrix.columnVector(Array.from(gradient))).to1DArray();
}

/**
 * Newton's method with steps halved until the loss does not rise.
 * @param evaluate a convex objective with a Hessian that can be inverted
 * @param start weights to begin with, the intercept first
 */
export function minimise(
  evaluate: (weights: Float64Array) => Curvature,
  start: Float64Array,
  maxIterations: number,
): LinearFit {
  let weights = start;
  let current = evaluate(weights);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    iterations++;
    const step = newtonStep(current);
    let share = 1;
    let next = weights.map((weight, j) => weight - step[j]!);
    let reached = evaluate(next);
    for (let i = 0; i < MAX_HALVINGS && !(reached.loss <= current.loss * (1 + LOSS_NOISE)); i++) {
      share /= 2;
      const reduced = share;
      next = weights.map((weight, j) => weight - reduced * step[j]!);
      reached = evaluate(next);
    }
    if (!Number.isFinite(reached.loss)) break; // no step from there leads anywhere
    const moved = share * Math.max(...step.map(Math.abs));
    converged = moved <= STEP_TOLERANCE * (1 + Math.max(...next.map(Math.abs)));
    weights = next;
    current = reached;
  }
  const [intercept, ...coefficients] = weights;
  return { intercept: intercept!, coefficients, iterations, converged };
}

/** Rows handled at a time: a block of every feature stays in the processor's cache. */
const BLOCK_ROWS = 1024;

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
 * @param columns of d inputs, n numbers each, without gaps; they are scaled on the way
 * @param inputs how
 * @param labels n classes
 */
export function linearObjective(
  columns: Float64Array[],
  labels: Uint8Array,
  inputs: readonly Scaling[],
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
        const { mean, scale } = inputs[j - 1]!;
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

/** @param learner what people call it */
export const notConverged = (learner: string, { maxIterations }: { maxIterations: number }): Warning => ({
  code: 'not-converged',
  message: `${learner} did not converge within ${maxIterations} iterations; raise maxIterations or lower inverseRegularization.`,
});
