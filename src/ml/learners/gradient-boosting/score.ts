import { sigmoid } from '../../../model/calibration.js';
import type { Scoring } from '../learner.js';
import { treeScoring } from '../tree/score.js';
import { checkGradientBoosting, type GradientBoostingEstimator } from './check.js';

export const scoring: Scoring<GradientBoostingEstimator> = {
  check: checkGradientBoosting,
  ...treeScoring(
    ({ trees }) => trees,
    ({ intercept }, sum) => sigmoid(intercept + sum),
  ),
};
