import { inputColumns, inputsOf, type Scaling } from '../../../model/features.js';
import { allPositions, casesOfClasses, labelsOf, positionsWhere, type Table } from '../../table.js';
import { linearObjective, type LinearFit, type RowLoss, minimise, notConverged } from '../linear/newton.js';
import { fitSigmoid } from '../linear/platt.js';
import { stratifiedFolds } from '../../evaluation/split.js';
import type { Learner } from '../learner.js';
import { addLinearSvm } from './onnx.js';
import { type LinearSvmOptions, linearSvmOptions } from './options.js';
import { scoring } from './score.js';
import type { LinearSvmEstimator } from './check.js';

const squaredHinge: RowLoss = (sums, curves, labels, start, rows, total) => {
  for (let i = 0; i < rows; i++) {
    const sign = labels[start + i] === 1 ? 1 : -1;
    const shortfall = Math.max(1 - sign * sums[i]!, 0);
    total.loss += shortfall * shortfall;
    curves[i] = shortfall > 0 ? 2 : 0;
    sums[i] = -2 * sign * shortfall;
  }
};

/**
 * The linear support vector machine with squared hinge loss, by Newton's method on the primal (Keerthi & DeCoste 2005, A
 * Modified Finite Newton Method; Chapelle 2007, Training a Support Vector Machine in the Primal). Minimises
 * C * sum(max(0, 1 - y * f)^2) + |w|^2 / 2 with y -1 or 1. scikit-learn's LinearSVC penalises the intercept too; here it
 * is free, as in logistic regression, so the two differ unless its `intercept_scaling` is large.
 * @param columns of d inputs, n numbers each, without gaps; they are scaled on the way
 * @param inputs how
 * @param labels n classes; of a single class the decision value is that class for every row
 * @param start weights to begin with, the intercept first; zeros by default
 */
export function fitMargin(
  columns: Float64Array[],
  labels: Uint8Array,
  inputs: readonly Scaling[],
  options: Pick<LinearSvmOptions, 'inverseRegularization' | 'maxIterations'>,
  start = new Float64Array(columns.length + 1),
): LinearFit {
  const objective = linearObjective(columns, labels, inputs, options.inverseRegularization, squaredHinge);
  const evaluate: typeof objective = (weights) => {
    const curvature = objective(weights);
    // Every row beyond its margin: nothing bends the loss along the intercept, and its slope is 0 too.
    if (curvature.hessian[0] === 0) curvature.hessian[0] = 1;
    return curvature;
  };
  return minimise(evaluate, start, options.maxIterations);
}

/** The decision values of the chosen rows. */
function decisionValues(fit: LinearFit, columns: Float64Array[], inputs: readonly Scaling[], rows: Int32Array) {
  const values = new Float64Array(rows.length).fill(fit.intercept);
  inputs.forEach(({ mean, scale }, j) => {
    const column = columns[j]!;
    const weight = fit.coefficients[j]! / scale;
    for (let i = 0; i < rows.length; i++) values[i]! += weight * (column[rows[i]!]! - mean);
  });
  return values;
}

/** A decision value, and what makes it a probability. */
export interface LinearSvmFit extends LinearFit {
  /** Probability of the positive class: logistic(offset + slope * decision value). */
  platt: { slope: number; offset: number };
}

/**
 * {@link fitMargin} on all rows, with Platt's scaling on decision values of rows that stratified folds had left out
 * (scikit-learn's CalibratedClassifierCV with `ensemble=False`). With fewer rows of a class than two folds need, the
 * values of the fit itself are scaled.
 * @param seed deals the rows to folds
 * @param groups of the n rows, which no fold divides
 */
export function fitLinearSvm(
  columns: Float64Array[],
  labels: Uint8Array,
  inputs: readonly Scaling[],
  options: LinearSvmOptions,
  seed: number,
  groups?: Int32Array,
): LinearSvmFit {
  const fit = fitMargin(columns, labels, inputs, options);
  const { intercept: offset, slope } = fitSigmoid(
    unseenValues(fit, { columns, labels, groups }, inputs, options, seed),
    labels,
  );
  return { ...fit, platt: { slope, offset } };
}

/** Decision values of all rows, each by a fit to the folds that the row is not in; by the given one with too few rows. */
function unseenValues(
  fit: LinearFit,
  table: Table,
  inputs: readonly Scaling[],
  options: LinearSvmOptions,
  seed: number,
): Float64Array {
  const { columns, labels, groups } = table;
  const rows = allPositions(labels.length);
  const folds = Math.min(options.calibrationFolds, ...casesOfClasses(labels, rows, groups));
  if (folds < 2) return decisionValues(fit, columns, inputs, rows);
  const start = Float64Array.of(fit.intercept, ...fit.coefficients);
  const assigned = stratifiedFolds(labels, rows, folds, seed, groups);
  const values = new Float64Array(labels.length);
  for (let fold = 0; fold < folds; fold++) {
    const train = positionsWhere(rows.length, (row) => assigned[row] !== fold);
    const chosen = (column: Float64Array) => Float64Array.from(train, (row) => column[row]!);
    const held = positionsWhere(rows.length, (row) => assigned[row] === fold);
    const part = fitMargin(columns.map(chosen), labelsOf(table, train), inputs, options, start);
    const found = decisionValues(part, columns, inputs, held);
    for (let i = 0; i < held.length; i++) values[held[i]!] = found[i]!;
  }
  return values;
}

/** A linear margin, scaled to probabilities; see {@link fitLinearSvm}. */
export const linearSvm: Learner<LinearSvmOptions, LinearSvmEstimator> = {
  version: null,
  options: linearSvmOptions,
  fit({ columns, labels, features, seed, groups }, options) {
    const fit = fitLinearSvm(inputColumns(features, columns), labels, inputsOf(features), options, seed, groups);
    const { intercept, coefficients, platt, converged } = fit;
    return {
      estimator: { kind: 'linear-svm', intercept, coefficients, platt },
      warnings: converged ? [] : [notConverged('linear SVM', options)],
    };
  },
  scoring,
  onnx: addLinearSvm,
};
