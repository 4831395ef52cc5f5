import { DecisionTreeClassifier } from 'ml-cart';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import type { Tree } from '../../../src/ml/learners/tree/check.js';
import { binTable } from '../../../src/ml/learners/tree/growing.js';
import { fitCart } from '../../../src/ml/learners/cart/fit.js';
import { fitForest } from '../../../src/ml/learners/random-forest/fit.js';
import { TreeGrower } from '../../../src/ml/learners/tree/histogram-tree.js';
import { createRandom } from '../../../src/ml/random.js';
import { allRows, syntheticTable, treeValue } from './samples.js';

function expectWellFormed(tree: Tree, maxDepth: number) {
  const depth = [0];
  tree.feature.forEach((feature, node) => {
    const children = [tree.left[node]!, tree.right[node]!];
    if (feature < 0) {
      expect(children).toEqual([-1, -1]);
      expect(tree.threshold[node]).toBe(0);
    } else {
      for (const child of children) {
        expect(child).toBeGreaterThan(node);
        depth[child] = depth[node]! + 1;
      }
    }
    expect(tree.value[node]).toBe(Number(tree.value[node]!.toFixed(6)));
  });
  expect(depth.length).toBe(tree.feature.length);
  expect(Math.max(...depth)).toBeLessThanOrEqual(maxDepth);
}

/** Rows per leaf, by walking. */
function leafCounts(tree: Tree, columns: Float64Array[], labels: Uint8Array) {
  const leaves = new Map<number, { rows: number; positives: number }>();
  labels.forEach((label, i) => {
    let node = 0;
    while (tree.feature[node]! >= 0) {
      node = columns[tree.feature[node]!]![i]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
    }
    const leaf = leaves.get(node) ?? { rows: 0, positives: 0 };
    leaves.set(node, { rows: leaf.rows + 1, positives: leaf.positives + label });
  });
  return leaves;
}

/** The purest cut by looking at every threshold of every feature. */
function exhaustiveRoot(columns: Float64Array[], labels: Uint8Array): number {
  const gini = (rows: number[]) => {
    const p = rows.reduce((sum, row) => sum + labels[row]!, 0) / rows.length;
    return rows.length * 2 * p * (1 - p);
  };
  const rows = Array.from(labels, (_, row) => row);
  const impurities = columns.flatMap((column) =>
    rows.map((cut) => {
      const left = rows.filter((row) => column[row]! <= column[cut]!);
      const right = rows.filter((row) => column[row]! > column[cut]!);
      return right.length === 0 ? Infinity : gini(left) + gini(right);
    }),
  );
  return Math.min(...impurities);
}

describe('TreeGrower', () => {
  it('learns a tree worked by hand', () => {
    // One cut of x at 3.5 leaves 0/3 and 2/3 positives; the right side splits again at 5 (threshold 4.9..5.2).
    const columns = [Float64Array.of(1, 2, 3, 4, 4.9, 5.2)];
    const labels = Uint8Array.of(0, 0, 0, 1, 1, 0);
    const grower = new TreeGrower(binTable(columns, labels), { maxDepth: 2, minLeafRows: 1, featuresPerSplit: 1 });
    expect(grower.grow(allRows(6), createRandom(1))).toEqual({
      feature: [0, -1, 0, -1, -1],
      threshold: [3.5, 0, 5, 0, 0],
      left: [1, -1, 3, -1, -1],
      right: [2, -1, 4, -1, -1],
      value: [0.333333, 0, 0.666667, 1, 0],
    });
  });

  it('finds the purest root cut, and counts rows right down to the leaves', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { columns, labels } = syntheticTable(60, 3, seed);
      const grow = (maxDepth: number, minLeafRows: number) =>
        new TreeGrower(binTable(columns, labels), { maxDepth, minLeafRows, featuresPerSplit: 3 }).grow(
          allRows(60),
          createRandom(1),
        );
      const halves = [...leafCounts(grow(1, 1), columns, labels).values()];
      const impurity = halves.reduce((sum, { rows, positives }) => sum + 2 * positives * (1 - positives / rows), 0);
      expect(impurity).toBeCloseTo(exhaustiveRoot(columns, labels), 9);

      const tree = grow(5, 4);
      expectWellFormed(tree, 5);
      for (const [leaf, { rows, positives }] of leafCounts(tree, columns, labels)) {
        expect(rows).toBeGreaterThanOrEqual(4);
        expect(tree.value[leaf]).toBeCloseTo(positives / rows, 6);
      }
    }
  });

  it('counts rows the same with and without subtracting siblings', () => {
    const { columns, labels } = syntheticTable(500, 8, 4);
    for (const featuresPerSplit of [2, 5]) {
      const options = { maxDepth: 6, minLeafRows: 2, featuresPerSplit };
      const tree = new TreeGrower(binTable(columns, labels), options).grow(allRows(500), createRandom(1));
      const leaves = leafCounts(tree, columns, labels);
      expect(leaves.size).toBeGreaterThan(20);
      for (const [leaf, { rows, positives }] of leaves) expect(tree.value[leaf]).toBeCloseTo(positives / rows, 6);
    }
  });

  it('does not split what is pure, constant or too small', () => {
    const grow = (column: number[], labels: number[], minLeafRows: number) =>
      new TreeGrower(binTable([Float64Array.from(column)], Uint8Array.from(labels)), {
        maxDepth: 3,
        minLeafRows,
        featuresPerSplit: 1,
      }).grow(allRows(labels.length), createRandom(1));
    expect(grow([1, 2, 3], [1, 1, 1], 1).value).toEqual([1]);
    expect(grow([2, 2, 2], [1, 0, 1], 1).value).toEqual([0.666667]);
    expect(grow([1, 2, 3], [0, 0, 1], 2).value).toEqual([0.333333]);
  });
});

describe('fitForest', () => {
  const table = syntheticTable(400, 3, 2);
  const options = { trees: 8, maxDepth: 4, minLeafRows: 1, featuresPerSplit: 1 };

  it('is the same for the same seed, tree by tree, and differs otherwise', () => {
    const trees = fitForest(table.columns, table.labels, options, 1);
    expect(fitForest(table.columns, table.labels, { ...options, trees: 3 }, 1)).toEqual(trees.slice(0, 3));
    expect(fitForest(table.columns, table.labels, options, 2)).not.toEqual(trees);
    expect(new Set(trees.map((tree) => JSON.stringify(tree))).size).toBe(8);
    for (const tree of trees) expectWellFormed(tree, 4);
  });

  it('draws features: with one per split all become roots, with all of them only the strongest', () => {
    const strong = { ...table, columns: [table.columns[0]!, Float64Array.from(table.labels), table.columns[1]!] };
    const roots = (featuresPerSplit: number) =>
      new Set(
        fitForest(strong.columns, strong.labels, { ...options, trees: 30, featuresPerSplit }, 1).map(
          (t) => t.feature[0],
        ),
      );
    expect(roots(1)).toEqual(new Set([0, 1, 2]));
    expect(roots(3)).toEqual(new Set([1]));
    expect(roots(99)).toEqual(new Set([1]));
  });

  it('draws on when a drawn feature cannot split', () => {
    const flat = new Float64Array(400).fill(3);
    const columns = [flat, flat, table.columns[0]!, flat];
    const trees = fitForest(columns, table.labels, { ...options, trees: 20 }, 1);
    expect(trees.map((tree) => tree.feature[0])).toEqual(new Array(20).fill(2));
  });

  it('bootstraps: roots see different shares of positives', () => {
    const all = fitForest(table.columns, table.labels, { ...options, featuresPerSplit: 3 }, 1);
    expect(new Set(all.map((tree) => tree.value[0])).size).toBeGreaterThan(3);
  });
});

describe('fitCart', () => {
  const options = { maxDepth: 5, minLeafRows: 1, exactUpToRows: 1000 };

  it('calls every row as ml-cart does, between and at the split values too', () => {
    for (let seed = 0; seed < 5; seed++) {
      const table = syntheticTable(80, 3, seed);
      // Rounded, so that values tie and split values coincide with them.
      const columns = table.columns.map((column) => column.map((v) => Math.round(v * 4) / 4));
      const { tree, warnings } = fitCart(columns, table.labels, options);
      expect(warnings).toEqual([]);
      expectWellFormed(tree, 5);
      const reference = new DecisionTreeClassifier({ maxDepth: 5, minNumSamples: 1, gainThreshold: 1e-7 });
      const matrix = new Matrix(Array.from(table.labels, (_, i) => columns.map((column) => column[i]!)));
      reference.train(matrix, Array.from(table.labels));
      const grid = Array.from({ length: 2000 }, (_, i) => [(i % 50) / 8, ((i * 7) % 50) / 8, ((i * 13) % 50) / 8]);
      const called = grid.map((row) => (treeValue(tree, row) > 0.5 ? 1 : 0));
      const decided = grid.map((row) => treeValue(tree, row) !== 0.5);
      const expected = reference.predict(new Matrix(grid));
      expect(called.filter((_, i) => decided[i])).toEqual(expected.filter((_, i) => decided[i]));
      expect(new Set(called).size).toBe(2);
    }
  });

  it('has no leaf with fewer rows than it may, and finds the splits that an exact search would', () => {
    const { columns, labels } = syntheticTable(120, 3, 8);
    const { tree, warnings } = fitCart(columns, labels, { ...options, minLeafRows: 7 });
    const leaves = [...leafCounts(tree, columns, labels).entries()];
    expect(leaves.length).toBeGreaterThan(2);
    for (const [leaf, { rows, positives }] of leaves) {
      expect(rows).toBeGreaterThanOrEqual(7);
      expect(tree.value[leaf]).toBeCloseTo(positives / rows, 6);
    }
    expectWellFormed(tree, 5);
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ exactUpToRows: 599 }, /600 training rows exceed exactUpToRows \(599\)/],
    [{ minLeafRows: 2 }, /minLeafRows 2/],
  ])('says that it shared levels among values, and why: %j', (given, why) => {
    const { columns, labels } = syntheticTable(600, 3, 8);
    const { tree, warnings } = fitCart(columns, labels, { ...options, ...given });
    expectWellFormed(tree, 5);
    expect(tree.feature.length).toBeGreaterThan(3);
    expect(warnings).toEqual([{ code: 'histogram-splits', message: expect.stringMatching(why) as string }]);
  });
});
