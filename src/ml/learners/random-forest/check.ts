import type { ModelFeature } from '../../../contracts/learner.js';
import { checkRecord } from '../../../model/checks.js';
import { checkTrees, type Tree } from '../tree/check.js';

/** Mean of the trees' values. */
export interface RandomForestEstimator {
  kind: 'random-forest';
  trees: Tree[];
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkRandomForest(value: unknown, features: ModelFeature[]): RandomForestEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'trees']);
  return { kind: 'random-forest', trees: checkTrees(item.trees, features.length) };
}
