import type { ModelFeature } from '../../../contracts/learner.js';
import { checkNumber, checkRecord } from '../../../model/checks.js';
import { checkLinear, type Linear, reachOfLinear, refuseUnlessFinite } from '../linear/check.js';

/** The linear sum is a decision value; Platt's scaling makes it a probability: logistic(offset + slope * value). */
export interface LinearSvmEstimator extends Linear {
  kind: 'linear-svm';
  platt: { slope: number; offset: number };
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkLinearSvm(value: unknown, features: ModelFeature[]): LinearSvmEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients', 'platt']);
  const platt = checkRecord(item.platt, 'estimator.platt', ['slope', 'offset']);
  const slope = checkNumber(platt.slope, 'estimator.platt.slope', 0);
  const offset = checkNumber(platt.offset, 'estimator.platt.offset');
  const linear = checkLinear(item, features);
  refuseUnlessFinite(reachOfLinear(linear, features) * slope + Math.abs(offset));
  return { kind: 'linear-svm', ...linear, platt: { slope, offset } };
}
