import type { ModelFeature } from '../../../contracts/learner.js';
import type { BlockScorer, RowScorer } from '../learner.js';
import type { Tree } from './check.js';

interface PackedTree {
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
}

/**
 * How estimators are scored that are made of trees.
 * @param probabilityOf what the sum of the values of a row's leaves means, in the order of the trees
 */
export function treeScoring<E>(trees: (estimator: E) => Tree[], probabilityOf: (estimator: E, sum: number) => number) {
  return {
    trees,
    row(_: ModelFeature[], estimator: E): RowScorer {
      const all = trees(estimator);
      return (x, offset) => {
        let sum = 0;
        for (const tree of all) sum += leafValue(tree, x, offset);
        return probabilityOf(estimator, sum);
      };
    },
    block(features: ModelFeature[], estimator: E): BlockScorer {
      const packed = trees(estimator).map(pack);
      return (block, scores) => {
        for (const tree of packed) addLeafValues(tree, block, features.length, scores);
        for (let i = 0; i < scores.length; i++) scores[i] = probabilityOf(estimator, scores[i]!);
      };
    },
  };
}

function leafValue(tree: Tree, x: ArrayLike<number>, offset: number): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  for (let f = feature[node]!; f >= 0; f = feature[node]!) {
    node = x[offset + f]! <= threshold[node]! ? left[node]! : right[node]!;
  }
  return tree.value[node]!;
}

/** Adds the tree's value to each row of a block; a loop of its own, so that the engine sees typed arrays only. */
function addLeafValues(tree: PackedTree, block: Float64Array, width: number, scores: Float64Array): void {
  const { feature, threshold, left, right, value } = tree;
  for (let i = 0, offset = 0; i < scores.length; i++, offset += width) {
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      node = block[offset + f]! <= threshold[node]! ? left[node]! : right[node]!;
    }
    scores[i]! += value[node]!;
  }
}

function pack(tree: Tree): PackedTree {
  return {
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
  };
}
