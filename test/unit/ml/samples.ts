import type { CandidateDefinition } from '../../../src/contracts/definition.js';
import type { FeatureColumn, FittedModel } from '../../../src/contracts/model.js';
import type { Estimator } from '../../../src/ml/learners/index.js';
import type { Layer } from '../../../src/ml/learners/neural-network/check.js';
import type { Tree } from '../../../src/ml/learners/tree/check.js';
import type { DecisionPolicy } from '../../../src/ml/evaluation/decision-threshold.js';
import { createRandom } from '../../../src/ml/random.js';
import type { Table, Values } from '../../../src/ml/table.js';

export const LOGISTIC = {
  kind: 'logistic-regression',
  name: 'logistic',
  options: { inverseRegularization: 1, maxIterations: 100 },
  search: null,
} satisfies CandidateDefinition;
export const CART = {
  kind: 'cart',
  name: 'cart',
  options: { maxDepth: 3, minLeafRows: 2, exactUpToRows: 5000 },
  search: null,
} satisfies CandidateDefinition;
export const FOREST = {
  kind: 'random-forest',
  name: 'forest',
  options: { trees: 50, maxDepth: 6, minLeafRows: 1, featuresPerSplit: 0 },
  search: null,
} satisfies CandidateDefinition;

/** What a definition says when it says nothing: scores as they are, cut at 0.5. */
export const AS_IT_IS: DecisionPolicy = { calibration: 'none', threshold: { rule: 'fixed', value: 0.5 } };

export function feature(name: string, impute: FeatureColumn['impute'] = 'none'): FeatureColumn {
  return { name, unit: '', range: [-1e9, 1e9], impute };
}

/** Rows 0..n-1. */
export function allRows(n: number): Int32Array {
  return new Int32Array(n).map((_, i) => i);
}

/** d uniform features in [0, 6); the classes follow a logistic model of all of them. */
export function syntheticTable(n: number, d: number, seed: number): Table {
  const random = createRandom(seed);
  const columns = Array.from({ length: d }, () => new Float64Array(n));
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    let margin = -0.5;
    for (const column of columns) {
      column[i] = 6 * random.float();
      margin += column[i]! - 3;
    }
    labels[i] = random.float() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  }
  return { columns, labels };
}

/** The leaf that a row comes to. */
export function treeLeaf(tree: Tree, row: number[]): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    node = row[tree.feature[node]!]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

export const treeValue = (tree: Tree, row: number[]): number => tree.value[treeLeaf(tree, row)]!;

const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

const weighed = (weights: number[], values: number[], start: number): number =>
  weights.reduce((sum, weight, j) => sum + weight * values[j]!, start);

const throughLayer = (inputs: number[], { weights, biases }: Layer): number[] =>
  biases.map((bias, unit) => weighed(weights[unit]!, inputs, bias));

const sumOfTrees = (trees: Tree[], raw: number[]): number => trees.reduce((sum, tree) => sum + treeValue(tree, raw), 0);

function rowScore(estimator: Estimator, raw: number[], scaled: number[]): number {
  switch (estimator.kind) {
    case 'logistic-regression':
      return logistic(weighed(estimator.coefficients, scaled, estimator.intercept));
    case 'linear-svm': {
      const { slope, offset } = estimator.platt;
      return logistic(offset + slope * weighed(estimator.coefficients, scaled, estimator.intercept));
    }
    case 'neural-network': {
      const hidden = estimator.layers.slice(0, -1);
      const activations = hidden.reduce(
        (values, layer) => throughLayer(values, layer).map((value) => Math.max(value, 0)),
        scaled,
      );
      return logistic(throughLayer(activations, estimator.layers.at(-1)!)[0]!);
    }
    case 'cart':
      return treeValue(estimator.tree, raw);
    case 'random-forest':
      return sumOfTrees(estimator.trees, raw) / estimator.trees.length;
    case 'gradient-boosting':
      return logistic(estimator.intercept + sumOfTrees(estimator.trees, raw));
    default:
      throw new Error('a built-in kind belongs here');
  }
}

/** A plain predictor, written apart from src/serving; it leaves calibration out. */
export function score({ features, estimator }: FittedModel, { columns }: Values, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    const raw = features.map(({ imputation }, f) => {
      const value = columns[f]![row]!;
      return Number.isNaN(value) ? (imputation ?? NaN) : value;
    });
    const scaled = raw.map((value, f) => (value - features[f]!.mean) / features[f]!.scale);
    return rowScore(estimator, raw, scaled);
  });
}
