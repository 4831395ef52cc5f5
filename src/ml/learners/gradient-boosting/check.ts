import type { ModelFeature } from '../../../contracts/learner.js';
import { checkNumber, checkRecord } from '../../../model/checks.js';
import { checkTrees, type Limits, type Tree } from '../tree/check.js';

/** Logistic function of intercept + sum of the trees' values, which are log-odds with the learning rate in them. */
export interface GradientBoostingEstimator {
  kind: 'gradient-boosting';
  intercept: number;
  trees: Tree[];
}

/** Log-odds of a leaf: a thousand trees of such leaves still add up to a finite number. */
const LOG_ODDS: Limits = { min: -1e6, max: 1e6 };

/** @throws PipelineFailure `ModelInvalid` */
export function checkGradientBoosting(value: unknown, features: ModelFeature[]): GradientBoostingEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'trees']);
  const intercept = checkNumber(item.intercept, 'estimator.intercept', LOG_ODDS.min, LOG_ODDS.max);
  return { kind: 'gradient-boosting', intercept, trees: checkTrees(item.trees, features.length, LOG_ODDS) };
}
