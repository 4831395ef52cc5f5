import { inputColumns, inputsOf, type Scaling } from '../../../model/features.js';
import { linearObjective, type LinearFit, type RowLoss, minimise, notConverged } from '../linear/newton.js';
import type { Learner } from '../learner.js';
import { addLogisticRegression } from './onnx.js';
import { type LogisticRegressionOptions, logisticRegressionOptions } from './options.js';
import { scoring } from './score.js';
import type { LogisticRegressionEstimator } from './check.js';

const logLoss: RowLoss = (sums, curves, labels, start, rows, total) => {
  for (let i = 0; i < rows; i++) {
    const eta = sums[i]!;
    const decay = Math.exp(-Math.abs(eta));
    const probability = (eta >= 0 ? 1 : decay) / (1 + decay);
    const label = labels[start + i]!;
    total.loss += Math.log1p(decay) + Math.max(label === 1 ? -eta : eta, 0);
    curves[i] = decay / ((1 + decay) * (1 + decay));
    sums[i] = probability - label;
  }
};

/**
 * L2-regularised logistic regression by Newton's method (iteratively reweighted least squares) with step-halving.
 * Minimises scikit-learn's objective C * sum(log-loss) + |w|^2 / 2, the intercept not penalised; the penalty keeps
 * weights finite on separable data.
 * @param columns of d inputs, n numbers each, without gaps; they are scaled on the way
 * @param inputs how
 * @param labels n classes; both must occur, or the intercept has no finite optimum
 */
export function fitLogistic(
  columns: Float64Array[],
  labels: Uint8Array,
  inputs: readonly Scaling[],
  options: LogisticRegressionOptions,
): LinearFit {
  const evaluate = linearObjective(columns, labels, inputs, options.inverseRegularization, logLoss);
  const start = new Float64Array(columns.length + 1);
  return minimise(evaluate, start, options.maxIterations);
}

/** A linear sum as log-odds; see {@link fitLogistic}. */
export const logisticRegression: Learner<LogisticRegressionOptions, LogisticRegressionEstimator> = {
  version: null,
  options: logisticRegressionOptions,
  fit({ columns, labels, features }, options) {
    const { intercept, coefficients, converged } = fitLogistic(
      inputColumns(features, columns),
      labels,
      inputsOf(features),
      options,
    );
    return {
      estimator: { kind: 'logistic-regression', intercept, coefficients },
      warnings: converged ? [] : [notConverged('logistic regression', options)],
    };
  },
  scoring,
  onnx: addLogisticRegression,
};
