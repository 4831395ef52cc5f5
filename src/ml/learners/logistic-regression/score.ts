import { sigmoid } from '../../../contracts/calibration.js';
import { checkRecord } from '../../../model/checks.js';
import { checkLinear, type Linear, linearSum } from '../linear/score.js';
import type { Scoring } from '../learner.js';

/** Logistic function of intercept + sum of coefficient * (x - mean) / scale. */
export interface LogisticRegressionEstimator extends Linear {
  kind: 'logistic-regression';
}

export const logisticRegressionScoring: Scoring<LogisticRegressionEstimator> = {
  check(value, features) {
    const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients']);
    return { kind: 'logistic-regression', ...checkLinear(item, features) };
  },
  row(features, estimator) {
    const sum = linearSum(features, estimator);
    return (x, offset) => sigmoid(sum(x, offset));
  },
};
