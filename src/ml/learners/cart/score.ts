import type { Scoring } from '../learner.js';
import { treeScoring } from '../tree/score.js';
import { type CartEstimator, checkCart } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<CartEstimator> = {
  check: checkCart,
  ...treeScoring(
    ({ tree }) => [tree],
    (_, sum) => sum,
  ),
};
