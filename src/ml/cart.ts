import { DecisionTreeClassifier, type CartNode } from 'ml-cart';
import { Matrix } from 'ml-matrix';
import type { CartOptions } from '../contracts/definition.js';
import type { Tree } from '../contracts/model.js';
import type { Warning } from '../contracts/results.js';
import { binTable, MAX_LEVELS } from './bins.js';
import { TreeGrower } from './histogram-tree.js';
import { createRandom } from './random.js';
import { nextBelow } from './threshold.js';
import { addLeaf, emptyTree, turnIntoSplit } from './tree.js';

/** A decrease of Gini impurity below this is rounding noise (ml-cart's own default, 0.01, would stop useful splits). */
const GAIN_THRESHOLD = 1e-7;

interface Draft {
  rows: number[];
  split: { feature: number; threshold: number; left: Draft; right: Draft } | null;
}

/** Converts a subtree; a leaf with too few rows is merged into its sibling, because ml-cart has no such limit. */
function draft(node: CartNode, rows: number[], columns: Float64Array[], minLeafRows: number): Draft {
  const { left, right, splitColumn, splitValue } = node;
  if (left === undefined || right === undefined || splitColumn === undefined || splitValue === undefined) {
    return { rows, split: null };
  }
  const column = columns[splitColumn]!;
  const threshold = nextBelow(splitValue);
  const leftRows = rows.filter((row) => column[row]! <= threshold);
  const rightRows = rows.filter((row) => !(column[row]! <= threshold));
  const below = draft(left, leftRows, columns, minLeafRows);
  const above = draft(right, rightRows, columns, minLeafRows);
  if (below.split === null && leftRows.length < minLeafRows) return draft(right, rows, columns, minLeafRows);
  if (above.split === null && rightRows.length < minLeafRows) return draft(left, rows, columns, minLeafRows);
  return { rows, split: { feature: splitColumn, threshold, left: below, right: above } };
}

function append(tree: Tree, { rows, split }: Draft, labels: Uint8Array): number {
  const positives = rows.reduce((sum, row) => sum + labels[row]!, 0);
  const index = addLeaf(tree, rows.length, positives);
  if (split !== null) {
    turnIntoSplit(tree, index, split.feature, split.threshold);
    tree.left[index] = append(tree, split.left, labels);
    tree.right[index] = append(tree, split.right, labels);
  }
  return index;
}

function exactTree(columns: Float64Array[], labels: Uint8Array, { maxDepth, minLeafRows }: CartOptions): Tree {
  const classifier = new DecisionTreeClassifier({
    maxDepth,
    minNumSamples: Math.max(2 * minLeafRows - 1, 1),
    gainThreshold: GAIN_THRESHOLD,
  });
  const matrix = new Matrix(labels.length, columns.length);
  columns.forEach((column, f) => column.forEach((value, row) => matrix.set(row, f, value)));
  classifier.train(matrix, Array.from(labels));
  const rows = Array.from(labels, (_, row) => row);
  const tree = emptyTree();
  append(tree, draft(classifier.toJSON().root, rows, columns, minLeafRows), labels);
  return tree;
}

/**
 * A classification tree. Up to `exactUpToRows` rows it is ml-cart's, and with `minLeafRows` 1 it scores every input as
 * ml-cart does (`x < s` becomes `x <= t` with t the double just below s); beyond, splits are searched in histograms.
 * @param columns d arrays of n finite numbers
 * @param labels n classes, 0 or 1
 * @returns the tree, and a `histogram-splits` warning when the exact search was not used
 */
export function fitCart(
  columns: Float64Array[],
  labels: Uint8Array,
  options: CartOptions,
): { tree: Tree; warnings: Warning[] } {
  const n = labels.length;
  if (n <= options.exactUpToRows) return { tree: exactTree(columns, labels, options), warnings: [] };
  const grower = new TreeGrower(binTable(columns, labels), { ...options, featuresPerSplit: columns.length });
  const rows = new Int32Array(n).map((_, row) => row);
  const message = `cart searched its splits among at most ${MAX_LEVELS} levels per feature, because ${n} training rows exceed exactUpToRows (${options.exactUpToRows}).`;
  return { tree: grower.grow(rows, createRandom(0)), warnings: [{ code: 'histogram-splits', message }] };
}
