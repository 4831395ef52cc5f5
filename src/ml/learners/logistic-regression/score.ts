import { sigmoid } from '../../../model/calibration.js';
import type { Scoring } from '../learner.js';
import { linearSum } from '../linear/score.js';
import { checkLogisticRegression, type LogisticRegressionEstimator } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<LogisticRegressionEstimator> = {
  check: checkLogisticRegression,
  row(features, estimator) {
    const sum = linearSum(features, estimator);
    return (x, offset) => sigmoid(sum(x, offset));
  },
};
