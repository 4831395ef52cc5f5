import type { ModelFeature } from '../../../contracts/learner.js';
import { checkRecord } from '../../../model/checks.js';
import { checkTree, type Tree } from '../tree/check.js';

/** The value of the leaf that a row comes to. */
export interface CartEstimator {
  kind: 'cart';
  tree: Tree;
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkCart(value: unknown, features: ModelFeature[]): CartEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'tree']);
  return { kind: 'cart', tree: checkTree(item.tree, 'estimator.tree', features.length) };
}
