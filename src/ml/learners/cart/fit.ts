import { DecisionTreeClassifier, type CartNode } from 'ml-cart';
import { Matrix } from 'ml-matrix';
import type { Tree } from '../tree/check.js';
import type { Warning } from '../../../contracts/values.js';
import { binTable, MAX_LEVELS, addLeaf, emptyTree, turnIntoSplit } from '../tree/growing.js';
import { TreeGrower } from '../tree/histogram-tree.js';
import { createRandom } from '../../random.js';
import { nextBelow } from '../../sorted.js';
import { allPositions } from '../../table.js';
import type { Learner } from '../learner.js';
import { addCart } from './onnx.js';
import { type CartOptions, cartOptions } from './options.js';
import { scoring } from './score.js';
import type { CartEstimator } from './check.js';

/** A decrease of Gini impurity below this is rounding noise (ml-cart's own default, 0.01, would stop useful splits). */
const GAIN_THRESHOLD = 1e-7;

/** Appends ml-cart's subtree over these rows, with `x < s` as `x <= t`, t the double just below s. */
function append(tree: Tree, node: CartNode, rows: number[], columns: Float64Array[], labels: Uint8Array): number {
  const { left, right, splitColumn, splitValue } = node;
  const positives = rows.reduce((sum, row) => sum + labels[row]!, 0);
  const index = addLeaf(tree, rows.length, positives);
  if (left === undefined || right === undefined || splitColumn === undefined || splitValue === undefined) return index;
  const column = columns[splitColumn]!;
  const threshold = nextBelow(splitValue);
  const [below, above] = [
    rows.filter((row) => column[row]! <= threshold),
    rows.filter((row) => column[row]! > threshold),
  ];
  turnIntoSplit(tree, index, splitColumn, threshold);
  tree.left[index] = append(tree, left, below, columns, labels);
  tree.right[index] = append(tree, right, above, columns, labels);
  return index;
}

function exactTree(columns: Float64Array[], labels: Uint8Array, maxDepth: number): Tree {
  const classifier = new DecisionTreeClassifier({ maxDepth, minNumSamples: 1, gainThreshold: GAIN_THRESHOLD });
  const matrix = new Matrix(labels.length, columns.length);
  columns.forEach((column, f) => column.forEach((value, row) => matrix.set(row, f, value)));
  classifier.train(matrix, Array.from(labels));
  const rows = Array.from(labels, (_, row) => row);
  const tree = emptyTree();
  append(tree, classifier.toJSON().root, rows, columns, labels);
  return tree;
}

/**
 * A classification tree. Up to `exactUpToRows` rows and without a least size of leaves, which ml-cart does not know, it
 * is ml-cart's and scores every input as ml-cart does; otherwise splits are searched in histograms, which is just as
 * exact while no feature has more than 255 distinct values.
 * @param columns d arrays of n finite numbers
 * @param labels n classes, 0 or 1
 * @returns the tree, and a `histogram-splits` warning when values had to share a level
 */
export function fitCart(
  columns: Float64Array[],
  labels: Uint8Array,
  options: CartOptions,
): { tree: Tree; warnings: Warning[] } {
  const { maxDepth, minLeafRows, exactUpToRows } = options;
  const n = labels.length;
  if (n <= exactUpToRows && minLeafRows === 1) return { tree: exactTree(columns, labels, maxDepth), warnings: [] };
  const table = binTable(columns, labels);
  const grower = new TreeGrower(table, { ...options, featuresPerSplit: columns.length });
  const shared = table.features.some(({ low, high }) => low.some((least, level) => least < high[level]!));
  return { tree: grower.grow(allPositions(n), createRandom(0)), warnings: shared ? [histogramSplits(n, options)] : [] };
}

function histogramSplits(n: number, { minLeafRows, exactUpToRows }: CartOptions): Warning {
  const why =
    n > exactUpToRows
      ? `${n} training rows exceed exactUpToRows (${exactUpToRows})`
      : `the exact search knows no least size of leaves (minLeafRows ${minLeafRows})`;
  const message = `cart searched its splits among at most ${MAX_LEVELS} levels per feature, because ${why}.`;
  return { code: 'histogram-splits', message };
}

/** A single tree of decisions; see {@link fitCart}. */
export const cart: Learner<CartOptions, CartEstimator> = {
  version: null,
  options: cartOptions,
  fit({ columns, labels }, options) {
    const { tree, warnings } = fitCart(columns, labels, options);
    return { estimator: { kind: 'cart', tree }, warnings };
  },
  scoring,
  onnx: addCart,
};
