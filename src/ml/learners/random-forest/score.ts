import type { Scoring } from '../learner.js';
import { treeScoring } from '../tree/score.js';
import { checkRandomForest, type RandomForestEstimator } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<RandomForestEstimator> = {
  check: checkRandomForest,
  ...treeScoring(
    ({ trees }) => trees,
    ({ trees }, sum) => sum / trees.length,
  ),
};
