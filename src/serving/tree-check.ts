import type { Tree } from '../contracts/model.js';
import { checkInteger, checkList, checkNumber, checkRecord, refuse } from './checks.js';

/** Largest number of nodes of one tree. */
export const MAX_NODES = 10_000;
/** Longest way from the root to a leaf, in edges. */
export const MAX_DEPTH = 64;

/**
 * A tree that certainly ends: children come after their parent, every node but the root has exactly one parent.
 * @throws PipelineFailure `ModelInvalid`
 */
export function checkTree(value: unknown, path: string, features: number): Tree {
  const item = checkRecord(value, path, ['feature', 'threshold', 'left', 'right', 'value']);
  const nodes = checkList(item.feature, `${path}.feature`, 1, MAX_NODES).length;
  const list = (name: keyof Tree, check: (entry: unknown, at: string) => number): number[] =>
    checkList(item[name], `${path}.${name}`, nodes, nodes).map((entry, i) => check(entry, `${path}.${name}[${i}]`));
  const tree: Tree = {
    feature: list('feature', (entry, at) => checkInteger(entry, at, -1, features - 1)),
    threshold: list('threshold', (entry, at) => checkNumber(entry, at)),
    left: list('left', (entry, at) => checkInteger(entry, at, -1, nodes - 1)),
    right: list('right', (entry, at) => checkInteger(entry, at, -1, nodes - 1)),
    value: list('value', (entry, at) => checkNumber(entry, at, 0, 1)),
  };
  checkShape(tree, path);
  return tree;
}

function checkShape({ feature, left, right }: Tree, path: string): void {
  const depth = new Int32Array(feature.length).fill(-1);
  depth[0] = 0;
  feature.forEach((split, i) => {
    const at = `${path} node ${i}`;
    if (depth[i] === -1) refuse(at, 'unreachable', 'the child of one earlier node');
    if (split === -1) {
      if (left[i] !== -1 || right[i] !== -1) refuse(at, 'a leaf with children', '-1 for both children of a leaf');
      return;
    }
    for (const child of [left[i]!, right[i]!]) {
      if (child <= i) refuse(at, 'the parent of an earlier node', 'children with greater indices than their parent');
      if (depth[child] !== -1) refuse(at, 'the second parent of a node', 'one parent for every node');
      depth[child] = depth[i]! + 1;
      if (depth[child] > MAX_DEPTH) refuse(at, 'too deep', `at most ${MAX_DEPTH} levels`);
    }
  });
}
