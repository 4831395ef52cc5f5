import { sigmoid } from '../../../model/calibration.js';
import type { Scoring } from '../learner.js';
import { linearSum } from '../linear/score.js';
import { checkLinearSvm, type LinearSvmEstimator } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<LinearSvmEstimator> = {
  check: checkLinearSvm,
  row(features, estimator) {
    const sum = linearSum(features, estimator);
    const { slope, offset } = estimator.platt;
    return (x, start) => sigmoid(offset + slope * sum(x, start));
  },
};
