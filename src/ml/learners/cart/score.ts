import { checkRecord } from '../../../model/checks.js';
import type { Scoring } from '../learner.js';
import { checkTree, type Tree } from '../tree/check.js';
import { treeScoring } from '../tree/score.js';

/** The value of the leaf that a row comes to. */
export interface CartEstimator {
  kind: 'cart';
  tree: Tree;
}

export const cartScoring: Scoring<CartEstimator> = {
  check(value, features) {
    const item = checkRecord(value, 'estimator', ['kind', 'tree']);
    return { kind: 'cart', tree: checkTree(item.tree, 'estimator.tree', features.length) };
  },
  ...treeScoring(
    ({ tree }) => [tree],
    (_, sum) => sum,
  ),
};
