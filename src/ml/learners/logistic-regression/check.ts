import type { ModelFeature } from '../../../contracts/learner.js';
import { checkRecord } from '../../../model/checks.js';
import { checkLinear, type Linear } from '../linear/check.js';

/** Logistic function of intercept + sum of coefficient * (x - mean) / scale. */
export interface LogisticRegressionEstimator extends Linear {
  kind: 'logistic-regression';
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkLogisticRegression(value: unknown, features: ModelFeature[]): LogisticRegressionEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients']);
  return { kind: 'logistic-regression', ...checkLinear(item, features) };
}
