import type { Tree } from '../../contracts/model.js';

/** Decimals of a share. */
const VALUE_SCALE = 1e6;

/** A tree without nodes, to add to. */
export function emptyTree(): Tree {
  return { feature: [], threshold: [], left: [], right: [], value: [] };
}

/** Appends a leaf with this value, and returns its index. */
export function addNode(tree: Tree, value: number): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.left.push(-1);
  tree.right.push(-1);
  return tree.value.push(value) - 1;
}

/** Appends a leaf that holds `positives` of `rows` training rows, and returns its index. */
export function addLeaf(tree: Tree, rows: number, positives: number): number {
  return addNode(tree, Math.round((positives / rows) * VALUE_SCALE) / VALUE_SCALE);
}

/** Makes a leaf a split `x[feature] <= threshold`; its children are added and set afterwards, so they come later. */
export function turnIntoSplit(tree: Tree, index: number, feature: number, threshold: number): void {
  tree.feature[index] = feature;
  tree.threshold[index] = threshold;
}
