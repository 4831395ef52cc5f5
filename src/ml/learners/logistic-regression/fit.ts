import type { LogisticRegressionOptions } from '../../../contracts/definition.js';
import type { ModelFeature } from '../../../contracts/model.js';
import { linearObjective, type LinearFit, type RowLoss, minimise } from '../linear/newton.js';

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
 * @param columns d arrays of n imputed raw values; they are standardised on the way with each feature's mean and scale
 * @param labels n classes; both must occur, or the intercept has no finite optimum
 */
export function fitLogistic(
  columns: Float64Array[],
  labels: Uint8Array,
  features: ModelFeature[],
  options: LogisticRegressionOptions,
): LinearFit {
  const evaluate = linearObjective(columns, labels, features, options.inverseRegularization, logLoss);
  const start = new Float64Array(columns.length + 1);
  const { weights, iterations, converged } = minimise(evaluate, start, options.maxIterations);
  const [intercept, ...coefficients] = weights;
  return { intercept: intercept!, coefficients, iterations, converged };
}
