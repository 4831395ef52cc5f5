import { MAX_DEPTH, MAX_NODES, MAX_TREES } from '../../../contracts/limits.js';
import { checkList, checkNumbers, checkRecord, refuse } from '../../../model/checks.js';

/**
 * A binary tree as parallel arrays. Node 0 is the root; children have greater indices than their parent.
 * A row goes left when `x[feature] <= threshold`.
 */
export interface Tree {
  /** Feature index, -1 for a leaf. */
  feature: number[];
  /** 0 for a leaf. */
  threshold: number[];
  /** Child indices, -1 for a leaf. */
  left: number[];
  right: number[];
  /** Probability of the positive class among the node's training rows, rounded to 6 decimals; log-odds in boosting. */
  value: number[];
}

/** Limits of what a leaf may say. */
export interface Limits {
  min: number;
  max: number;
}

const SHARE: Limits = { min: 0, max: 1 };

/**
 * A tree that certainly ends: children come after their parent, every node but the root has exactly one parent.
 * @param values limits of its values, shares by default
 * @throws PipelineFailure `ModelInvalid`
 */
export function checkTree(value: unknown, path: string, features: number, values: Limits = SHARE): Tree {
  const item = checkRecord(value, path, ['feature', 'threshold', 'left', 'right', 'value']);
  const nodes = checkList(item.feature, `${path}.feature`, 1, MAX_NODES).length;
  const list = (name: keyof Tree, min: number, max: number, whole: boolean): number[] =>
    checkNumbers(item[name], `${path}.${name}`, { length: nodes, min, max, whole });
  const tree: Tree = {
    feature: list('feature', -1, features - 1, true),
    threshold: list('threshold', -Infinity, Infinity, false),
    left: list('left', -1, nodes - 1, true),
    right: list('right', -1, nodes - 1, true),
    value: list('value', values.min, values.max, false),
  };
  checkShape(tree, path);
  return tree;
}

/** At least one tree, see {@link checkTree}. */
export function checkTrees(value: unknown, features: number, values?: Limits): Tree[] {
  const trees = checkList(value, 'estimator.trees', 1, MAX_TREES);
  return trees.map((tree, t) => checkTree(tree, `estimator.trees[${t}]`, features, values));
}

function checkShape({ feature, left, right }: Tree, path: string): void {
  const depth = new Int32Array(feature.length).fill(-1);
  depth[0] = 0;
  feature.forEach((split, i) => {
    const refuseNode = (found: string, expected: string): never => refuse(`${path} node ${i}`, found, expected);
    if (depth[i] === -1) refuseNode('unreachable', 'the child of one earlier node');
    if (split === -1) {
      if (left[i] !== -1 || right[i] !== -1) refuseNode('a leaf with children', '-1 for both children of a leaf');
      return;
    }
    for (const child of [left[i]!, right[i]!]) {
      if (child <= i) refuseNode('the parent of an earlier node', 'children with greater indices than their parent');
      if (depth[child] !== -1) refuseNode('the second parent of a node', 'one parent for every node');
      depth[child] = depth[i]! + 1;
      if (depth[child] > MAX_DEPTH) refuseNode('too deep', `at most ${MAX_DEPTH} levels`);
    }
  });
}
