import type { Tree } from '../tree/check.js';
import { binTable, addNode, emptyTree } from '../tree/growing.js';
import { BoostedRows } from './boosted-rows.js';
import { GradientTreeGrower } from './tree.js';
import { countPositives } from '../../table.js';
import type { Learner } from '../learner.js';
import { addGradientBoosting } from './onnx.js';
import { type GradientBoostingOptions, gradientBoostingOptions } from './options.js';
import { scoring } from './score.js';
import type { GradientBoostingEstimator } from './check.js';

/** Log-odds of the positive class: the intercept, and the value of each tree's leaf added to it. */
export interface BoostingFit {
  /** Log-odds of the positives' share. */
  intercept: number;
  /** At most as many as were asked for, at least one; log-odds to add, the learning rate is in them. */
  trees: Tree[];
}

/** Log-odds of the share of positives; where a class is missing, half a row stands for it. */
function baseLogOdds(labels: Uint8Array): number {
  const bounded = Math.min(Math.max(countPositives(labels), 0.5), labels.length - 0.5);
  return Math.log(bounded / (labels.length - bounded));
}

/**
 * Gradient boosting of regression trees on the logistic loss (Friedman 2001), with Newton's steps and gains (Chen &
 * Guestrin 2016) and splits searched in histograms of at most 255 levels (Ke et al. 2017). Nothing in it is random,
 * and up to 65,536 rows their order does not matter. It ends early when no split lowers the loss any more.
 * @param columns d arrays of n >= 1 finite numbers
 * @param labels n classes, 0 or 1; with only one of them the fit is a constant
 */
export function fitBoosting(
  columns: Float64Array[],
  labels: Uint8Array,
  options: GradientBoostingOptions,
): BoostingFit {
  const intercept = baseLogOdds(labels);
  const trees: Tree[] = [];
  if (labels.every((label) => label === labels[0])) {
    const constant = emptyTree();
    addNode(constant, 0);
    return { intercept, trees: [constant] };
  }
  const table = binTable(columns, labels);
  const rows = new BoostedRows(table);
  rows.step(rows.startTree(), intercept);
  const grower = new GradientTreeGrower(rows, table.features, options);
  while (trees.length < options.trees) {
    const tree = grower.grow();
    if (tree.feature.length === 1 && trees.length > 0) break;
    trees.push(tree);
    if (trees.length === 1) rows.keepOrder();
  }
  return { intercept, trees };
}

/** Trees that each correct those before; see {@link fitBoosting}. */
export const gradientBoosting: Learner<GradientBoostingOptions, GradientBoostingEstimator> = {
  version: null,
  options: gradientBoostingOptions,
  fit: ({ columns, labels }, options) => ({
    estimator: { kind: 'gradient-boosting', ...fitBoosting(columns, labels, options) },
    warnings: [],
  }),
  scoring,
  onnx: addGradientBoosting,
};
