import { Matrix, solve } from 'ml-matrix';
import type { LogisticRegressionOptions } from '../contracts/definition.js';
import type { ModelFeature } from '../contracts/model.js';

/** Rows handled at a time: a block of every feature stays in the processor's cache. */
const BLOCK_ROWS = 1024;
/** Newton stops when no weight moves by more than this, relative to the greatest; the error left is about its square. */
const STEP_TOLERANCE = 1e-7;
const MAX_HALVINGS = 30;
/** Loss differences below this share are rounding noise. */
const LOSS_NOISE = 1e-12;

export interface LogisticFit {
  intercept: number;
  /** One per feature, for (x - mean) / scale. */
  coefficients: number[];
  iterations: number;
  converged: boolean;
}

/** Objective, gradient and upper triangle of the Hessian at a point; index 0 is the intercept. */
interface Curvature {
  loss: number;
  gradient: Float64Array;
  hessian: Float64Array;
}

function addBlock(block: Float64Array[], weights: Float64Array, labels: Uint8Array, start: number, sums: Curvature) {
  const rows = Math.min(BLOCK_ROWS, labels.length - start);
  const size = weights.length;
  const margin = block[size]!;
  const weighted = block[size + 1]!;
  margin.fill(0, 0, rows);
  for (let j = 0; j < size; j++) {
    const x = block[j]!;
    const weight = weights[j]!;
    for (let i = 0; i < rows; i++) margin[i]! += weight * x[i]!;
  }
  const residual = margin;
  for (let i = 0; i < rows; i++) {
    const eta = margin[i]!;
    const decay = Math.exp(-Math.abs(eta));
    const probability = (eta >= 0 ? 1 : decay) / (1 + decay);
    const label = labels[start + i]!;
    sums.loss += Math.log1p(decay) + Math.max(label === 1 ? -eta : eta, 0);
    weighted[i] = decay / ((1 + decay) * (1 + decay));
    residual[i] = probability - label;
  }
  for (let j = 0; j < size; j++) {
    const x = block[j]!;
    let slope = 0;
    for (let i = 0; i < rows; i++) slope += residual[i]! * x[i]!;
    sums.gradient[j]! += slope;
    for (let k = j; k < size; k++) {
      const z = block[k]!;
      let curve = 0;
      for (let i = 0; i < rows; i++) curve += weighted[i]! * x[i]! * z[i]!;
      sums.hessian[j * size + k]! += curve;
    }
  }
}

/** A function that evaluates the penalised objective in one pass over the rows. */
function objective(columns: Float64Array[], labels: Uint8Array, features: ModelFeature[], strength: number) {
  const size = columns.length + 1;
  const block = Array.from({ length: size + 2 }, () => new Float64Array(BLOCK_ROWS));
  block[0]!.fill(1);
  return (weights: Float64Array): Curvature => {
    const sums = { loss: 0, gradient: new Float64Array(size), hessian: new Float64Array(size * size) };
    for (let start = 0; start < labels.length; start += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, labels.length - start);
      for (let j = 1; j < size; j++) {
        const { mean, scale } = features[j - 1]!;
        const source = columns[j - 1]!;
        const target = block[j]!;
        for (let i = 0; i < rows; i++) target[i] = (source[start + i]! - mean) / scale;
      }
      addBlock(block, weights, labels, start, sums);
    }
    sums.loss *= strength;
    for (let i = 0; i < size * size; i++) sums.hessian[i]! *= strength;
    for (let j = 0; j < size; j++) {
      const weight = j === 0 ? 0 : weights[j]!;
      sums.loss += (weight * weight) / 2;
      sums.gradient[j] = strength * sums.gradient[j]! + weight;
      if (j > 0) sums.hessian[j * size + j]! += 1;
    }
    return sums;
  };
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
 * L2-regularised logistic regression by Newton's method (iteratively reweighted least squares) with step-halving.
 * Minimises scikit-learn's objective C * sum(log-loss) + |w|^2 / 2, the intercept not penalised; the penalty keeps
 * weights finite on separable data.
 * @param columns d arrays of n imputed raw values; they are standardised on the way with each feature's mean and scale
 * @param labels n classes; both must occur, or the intercept has no finite optimum
 */
export function fitLogistic(
  columns: Float64Array[],
  labels: Uint8Array,
  features: ModelFeature[],
  options: LogisticRegressionOptions,
): LogisticFit {
  const evaluate = objective(columns, labels, features, options.inverseRegularization);
  let weights = new Float64Array(columns.length + 1);
  let current = evaluate(weights);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < options.maxIterations) {
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
    const moved = share * Math.max(...step.map(Math.abs));
    converged = moved <= STEP_TOLERANCE * (1 + Math.max(...next.map(Math.abs)));
    weights = next;
    current = reached;
  }
  const [intercept, ...coefficients] = weights;
  return { intercept: intercept!, coefficients, iterations, converged };
}
