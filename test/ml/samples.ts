import type { CandidateDefinition } from '../../src/contracts/definition.js';
import type { Estimator, FeatureColumn, FittedModel, Tree } from '../../src/contracts/model.js';
import { createRandom } from '../../src/ml/random.js';
import type { Table } from '../../src/ml/table.js';

export const LOGISTIC = {
  kind: 'logistic-regression',
  name: 'logistic',
  options: { inverseRegularization: 1, maxIterations: 100 },
} satisfies CandidateDefinition;
export const CART = {
  kind: 'cart',
  name: 'cart',
  options: { maxDepth: 3, minLeafRows: 2, exactUpToRows: 5000 },
} satisfies CandidateDefinition;
export const FOREST = {
  kind: 'random-forest',
  name: 'forest',
  options: { trees: 50, maxDepth: 6, minLeafRows: 1, featuresPerSplit: 0 },
} satisfies CandidateDefinition;

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

export function treeValue(tree: Tree, row: number[]): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    node = row[tree.feature[node]!]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  }
  return tree.value[node]!;
}

function rowScore(estimator: Estimator, raw: number[], scaled: number[]): number {
  switch (estimator.kind) {
    case 'logistic-regression': {
      const margin = estimator.coefficients.reduce((sum, weight, j) => sum + weight * scaled[j]!, estimator.intercept);
      return 1 / (1 + Math.exp(-margin));
    }
    case 'cart':
      return treeValue(estimator.tree, raw);
    case 'random-forest':
      return estimator.trees.reduce((sum, tree) => sum + treeValue(tree, raw), 0) / estimator.trees.length;
  }
}

/** A plain predictor, written apart from src/serving. */
export function score({ features, estimator }: FittedModel, columns: Float64Array[], rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    const raw = features.map(({ imputation }, f) => {
      const value = columns[f]![row]!;
      return Number.isNaN(value) ? (imputation ?? NaN) : value;
    });
    const scaled = raw.map((value, f) => (value - features[f]!.mean) / features[f]!.scale);
    return rowScore(estimator, raw, scaled);
  });
}
