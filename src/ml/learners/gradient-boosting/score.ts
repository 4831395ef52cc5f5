import { sigmoid } from '../../../model/calibration.js';
import type { Scoring } from '../learner.js';
import { treeScoring } from '../tree/score.js';
import { checkGradientBoosting, type GradientBoostingEstimator } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<GradientBoostingEstimator> = {
  check: checkGradientBoosting,
  ...treeScoring(
    ({ trees }) => trees,
    ({ intercept }, sum) => sigmoid(intercept + sum),
  ),
};
