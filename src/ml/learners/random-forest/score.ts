import { checkRecord } from '../../../model/checks.js';
import type { Scoring } from '../learner.js';
import { checkTrees, type Tree } from '../tree/check.js';
import { treeScoring } from '../tree/score.js';

/** Mean of the trees' values. */
export interface RandomForestEstimator {
  kind: 'random-forest';
  trees: Tree[];
}

export const randomForestScoring: Scoring<RandomForestEstimator> = {
  check(value, features) {
    const item = checkRecord(value, 'estimator', ['kind', 'trees']);
    return { kind: 'random-forest', trees: checkTrees(item.trees, features.length) };
  },
  ...treeScoring(
    ({ trees }) => trees,
    ({ trees }, sum) => sum / trees.length,
  ),
};
