import type { Tree } from './check.js';
import { ML_DOMAIN, tensor, type GraphBuilder } from '../../../model/onnx/graph.js';

/**
 * Trees of one operator, each with a column of its own. More need fewer operators and more memory: 8 bytes for each row
 * and tree, three times.
 */
const TREES_PER_OPERATOR = 16;

/** Codes of ai.onnx.ml TreeEnsemble. */
const AGGREGATE_SUM = 1;
const POST_TRANSFORM_NONE = 0;
const MODES = { atMost: 0, below: 1 } as const;

/** When a row goes left: `x <= threshold` or `x < threshold`. */
export type Comparison = keyof typeof MODES;

/**
 * Adds the sum of the trees' values, a vector. Rows of several trees are summed in the order of the trees, one after
 * another, so that the sum has the very bits of ours: summing within the operator would depend on its threads.
 * @param matrix rows x features
 */
export function addTreeSum(graph: GraphBuilder, matrix: string, trees: readonly Tree[]): string {
  const groups = Array.from({ length: Math.ceil(trees.length / TREES_PER_OPERATOR) }, (_, g) =>
    trees.slice(g * TREES_PER_OPERATOR, (g + 1) * TREES_PER_OPERATOR),
  );
  // Before any sum: nodes in this order make ONNX Runtime drop each group's values before it makes the next.
  const values = groups.map((group) => addTreeValues(graph, matrix, group, 'atMost', 'TreeValues'));
  const sum = groups.reduce((before, group, g) => {
    if (g === 0) return addLastSum(graph, values[0]!, group.length);
    const addends = graph.add('Concat', [before, values[g]!], 'Addends', { axis: 1 });
    return addLastSum(graph, addends, group.length + 1);
  }, '');
  return graph.add('Squeeze', [sum, graph.integer('ColumnAxis', [1])], 'TreeSum');
}

/** Adds the sum of some columns, from the first to the last, as a column. */
function addLastSum(graph: GraphBuilder, addends: string, columns: number): string {
  if (columns === 1) return addends;
  const sums = graph.add('CumSum', [addends, graph.integer('SumAxis', 1)], 'RunningSums');
  return graph.add('Gather', [sums, graph.integer('LastColumn', [columns - 1])], 'RunningSum', { axis: 1 });
}

/** Adds the value that each tree gives to each row: rows x trees. */
export function addTreeValues(
  graph: GraphBuilder,
  matrix: string,
  trees: readonly Tree[],
  comparison: Comparison,
  name: string,
): string {
  const { roots, splits, leaves } = flatten(trees);
  const splitInts = (pick: (split: Split) => number): number[] => splits.map(pick);
  const attributes = {
    aggregate_function: AGGREGATE_SUM,
    post_transform: POST_TRANSFORM_NONE,
    n_targets: trees.length,
    tree_roots: roots,
    nodes_featureids: splitInts(({ feature }) => feature),
    nodes_splits: tensor(
      'double',
      splitInts(({ threshold }) => threshold),
    ),
    nodes_modes: tensor(
      'uint8',
      splits.map(() => MODES[comparison]),
    ),
    nodes_truenodeids: splitInts(({ left }) => left.index),
    nodes_trueleafs: splitInts(({ left }) => left.isLeaf),
    nodes_falsenodeids: splitInts(({ right }) => right.index),
    nodes_falseleafs: splitInts(({ right }) => right.isLeaf),
    leaf_targetids: leaves.map(({ tree }) => tree),
    leaf_weights: tensor(
      'double',
      leaves.map(({ value }) => value),
    ),
  };
  return graph.add('TreeEnsemble', [matrix], name, attributes, ML_DOMAIN);
}

/** Where a child is: among the leaves or among the splits of all trees. */
interface Child {
  isLeaf: 0 | 1;
  index: number;
}

interface Split {
  feature: number;
  threshold: number;
  left: Child;
  right: Child;
}

interface Flat {
  /** Index of each tree's first split. */
  roots: number[];
  splits: Split[];
  leaves: { tree: number; value: number }[];
}

/** Splits and leaves of all trees, each in one list, as the operator wants them. */
function flatten(trees: readonly Tree[]): Flat {
  const flat: Flat = { roots: [], splits: [], leaves: [] };
  trees.forEach((tree, t) => {
    flat.roots.push(flat.splits.length);
    addTree(flat, tree, t);
  });
  return flat;
}

function addTree({ splits, leaves }: Flat, { feature, threshold, left, right, value }: Tree, tree: number): void {
  const [nextSplit, nextLeaf] = [splits.length, leaves.length];
  let [splitCount, leafCount] = [0, 0];
  const places = feature.map((split): Child =>
    split < 0 ? { isLeaf: 1, index: nextLeaf + leafCount++ } : { isLeaf: 0, index: nextSplit + splitCount++ },
  );
  feature.forEach((split, node) => {
    if (split < 0) leaves.push({ tree, value: value[node]! });
    else
      splits.push({
        feature: split,
        threshold: threshold[node]!,
        left: places[left[node]!]!,
        right: places[right[node]!]!,
      });
  });
  // The operator knows no tree without a split: both sides of this one end in the only leaf.
  if (splitCount === 0) splits.push({ feature: 0, threshold: 0, left: places[0]!, right: places[0]! });
}
