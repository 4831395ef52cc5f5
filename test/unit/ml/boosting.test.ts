import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GradientBoostingOptions } from '../../../src/ml/learners/gradient-boosting/options.js';
import type { Tree } from '../../../src/ml/learners/tree/check.js';
import { binTable } from '../../../src/ml/learners/tree/growing.js';
import { BoostedRows } from '../../../src/ml/learners/gradient-boosting/boosted-rows.js';
import { type BoostingFit, fitBoosting } from '../../../src/ml/learners/gradient-boosting/fit.js';
import { fitCandidate } from '../../../src/ml/learners/fit-candidate.js';
import { fitFeatures } from '../../../src/ml/features.js';
import type { Table } from '../../../src/ml/table.js';
import { checkEstimator } from '../../../src/ml/learners/index.js';
import { scoreRows } from '../../../src/model/predict.js';
import { allRows, feature, syntheticTable, treeLeaf, treeValue } from './samples.js';

const OPTIONS: GradientBoostingOptions = {
  ...{ trees: 20, learningRate: 0.1, maxDepth: 3 },
  ...{ minLeafRows: 2, l2Regularization: 1 },
};
const fit = ({ columns, labels }: Table, options: Partial<GradientBoostingOptions> = {}) =>
  fitBoosting(columns, labels, { ...OPTIONS, ...options });

const rowOf = ({ columns }: Table, i: number) => columns.map((column) => column[i]!);

function depthOf({ feature: split, left, right }: Tree): number {
  const depth = [0];
  split.forEach((f, node) => {
    if (f >= 0) for (const child of [left[node]!, right[node]!]) depth[child] = depth[node]! + 1;
  });
  return Math.max(...depth);
}

function rowsPerLeaf(tree: Tree, table: Table): number[] {
  const counts = new Map<number, number>();
  table.labels.forEach((_, i) => {
    const leaf = treeLeaf(tree, rowOf(table, i));
    counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  });
  return [...counts.values()];
}

/** Logistic loss of the training rows after each tree, before the first one too. */
function losses({ intercept, trees }: BoostingFit, table: Table): number[] {
  const logOdds = new Float64Array(table.labels.length).fill(intercept);
  const loss = () =>
    logOdds.reduce((sum, z, i) => {
      const against = table.labels[i] === 1 ? -z : z;
      return sum + Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }, 0);
  return [
    loss(),
    ...trees.map((tree) => {
      logOdds.forEach((z, i) => (logOdds[i] = z + treeValue(tree, rowOf(table, i))));
      return loss();
    }),
  ];
}

/** Small tables, many of them with ties and with one class; values on a coarse or on a fine grid. */
const tables: fc.Arbitrary<Table> = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 4, 1000))
  .chain(([n, d, grid]) =>
    fc.record({
      columns: fc.array(
        fc
          .array(fc.integer({ min: -grid, max: grid }), { minLength: n, maxLength: n })
          .map((column) => Float64Array.from(column, (value) => value / 8)),
        { minLength: d, maxLength: d },
      ),
      labels: fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }).map((labels) => Uint8Array.from(labels)),
    }),
  );
const choices = fc.record({
  trees: fc.integer({ min: 1, max: 12 }),
  learningRate: fc.constantFrom(0.05, 0.1, 0.3),
  maxDepth: fc.integer({ min: 1, max: 4 }),
  minLeafRows: fc.integer({ min: 1, max: 6 }),
  l2Regularization: fc.constantFrom(0.5, 1, 10),
});

describe('BoostedRows', () => {
  const labels = Uint8Array.of(0, 1, 1, 0, 1, 0);
  const rows = new BoostedRows(
    binTable([Float64Array.of(5, 6, 5, 6, 5, 6), Float64Array.of(1, 2, 3, 4, 5, 6)], labels),
  );
  const derivativesOf = (logOdds: number, label: number) => {
    const p = 1 / (1 + Math.exp(-logOdds));
    return [p - label, p * (1 - p), 1];
  };

  it('knows the derivatives of every row where it stands, in any order, as sums without rounding', () => {
    const all = rows.startTree();
    rows.step(all, -0.5);
    const middle = rows.partition(all, 0, 0);
    expect(middle).toBe(3);
    rows.step({ start: 0, end: middle }, 20); // rows 0, 2 and 4
    rows.keepOrder();
    rows.step(rows.startTree(), 0.25);
    const histogram = rows.emptyHistogram();
    rows.count(histogram, { start: 0, end: 6 });
    labels.forEach((label, row) => {
      const found = histogram.subarray(rows.offsetOf(1) + 3 * row, rows.offsetOf(1) + 3 * row + 3);
      derivativesOf(row % 2 === 0 ? 19.75 : -0.25, label).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 7));
    });
    expect([histogram[2], histogram[5]]).toEqual([3, 3]);
    for (const sum of histogram) expect(Number.isInteger(sum * 2 ** 24)).toBe(true);
  });
});

describe('fitBoosting', () => {
  it('learns a tree worked by hand', () => {
    // 2 of 6 are positive: log-odds ln(1/2), derivatives 1/3 or -2/3, and 2/9. The cut at 3.5 has G = 1 and -1 and
    // H = 2/3 on its sides, a gain of 1 / (2/3 + 1) twice; steps are -+1 / (5/3), half of which is taken.
    const table = { columns: [Float64Array.of(1, 2, 3, 4, 5, 6)], labels: Uint8Array.of(0, 0, 0, 1, 1, 0) };
    const { intercept, trees } = fit(table, { trees: 1, learningRate: 0.5, maxDepth: 1 });
    expect(intercept).toBeCloseTo(Math.log(1 / 2), 12);
    expect(trees).toEqual([
      { feature: [0, -1, -1], threshold: [3.5, 0, 0], left: [1, -1, -1], right: [2, -1, -1], value: [0, -0.3, 0.3] },
    ]);
  });

  it('takes the second step from where the first one led', () => {
    const table = { columns: [Float64Array.of(1, 2, 3, 4)], labels: Uint8Array.of(0, 0, 1, 1) };
    const { intercept, trees } = fit(table, { trees: 2, learningRate: 1, maxDepth: 1, l2Regularization: 0 });
    // Log-odds 0, then G = -+1 over H = 1/2 is a step of 2; then p = 1 / (1 + e^-2) and the step is 1 / p.
    expect(intercept).toBe(0);
    expect(trees[0]!.value).toEqual([0, -2, 2]);
    expect(trees[1]!.value[2]).toBeCloseTo(1 + Math.exp(-2), 6);
    expect(trees[1]!.value[1]).toBeCloseTo(-1 - Math.exp(-2), 6);
  });

  it('cuts the root where the gain is greatest, of all features and thresholds', () => {
    for (let seed = 0; seed < 10; seed++) {
      const table = syntheticTable(60, 3, seed);
      const { trees } = fit(table, { trees: 1, maxDepth: 1 });
      const rate = table.labels.reduce((sum, label) => sum + label, 0) / 60;
      const gain = (rows: number[]) => {
        const gradient = rows.reduce((sum, row) => sum + rate - table.labels[row]!, 0);
        return rows.length < OPTIONS.minLeafRows ? -Infinity : gradient ** 2 / (rows.length * rate * (1 - rate) + 1);
      };
      const rows = [...allRows(60)];
      const gainAt = (column: Float64Array, threshold: number) =>
        gain(rows.filter((row) => column[row]! <= threshold)) + gain(rows.filter((row) => column[row]! > threshold));
      const gains = table.columns.flatMap((column) => [...column].map((threshold) => gainAt(column, threshold)));
      expect(gainAt(table.columns[trees[0]!.feature[0]!]!, trees[0]!.threshold[0]!)).toBeCloseTo(Math.max(...gains), 6);
    }
  });

  it('lowers the loss of its own rows with every tree, within its limits, in numbers a model may hold', () => {
    fc.assert(
      fc.property(tables, choices, (table, options) => {
        const boosted = fit(table, options);
        const course = losses(boosted, table);
        for (let t = 1; t < course.length; t++) expect(course[t]).toBeLessThanOrEqual(course[t - 1]! + 1e-6);
        expect(boosted.trees.length).toBeLessThanOrEqual(options.trees);
        for (const tree of boosted.trees) {
          expect(depthOf(tree)).toBeLessThanOrEqual(options.maxDepth);
          if (tree.feature.length > 1)
            expect(Math.min(...rowsPerLeaf(tree, table))).toBeGreaterThanOrEqual(options.minLeafRows);
        }
        const names = table.columns.map((_, f) => feature(`x${f}`));
        const features = fitFeatures(names, table, allRows(table.labels.length));
        const estimator = { kind: 'gradient-boosting', ...boosted };
        expect(checkEstimator(JSON.parse(JSON.stringify(estimator)), features)).toEqual(estimator);
      }),
    );
  });

  const backwards = ({ columns, labels }: Table): Table => ({
    columns: columns.map((column) => column.slice().reverse()),
    labels: labels.slice().reverse(),
  });

  it('is the same for any order of rows, and longer runs begin with the shorter', () => {
    fc.assert(
      fc.property(tables, choices, (table, options) => {
        const boosted = fit(table, options);
        expect(fit(backwards(table), options)).toEqual(boosted);
        const longer = fit(table, { ...options, trees: options.trees + 3 });
        expect(longer.trees.slice(0, boosted.trees.length)).toEqual(boosted.trees);
      }),
    );
  });

  it('takes the first of a feature and its mirror, whose cuts are worth the same', () => {
    const { columns, labels } = syntheticTable(2000, 1, 9);
    const x = columns[0]!.map((value) => Math.round(32 * value) / 32);
    const { trees } = fit({ columns: [x, x.map((value) => -value)], labels });
    expect(new Set(trees.flatMap((tree) => tree.feature))).toEqual(new Set([0, -1]));
  });

  it('leaves alone what it was given', () => {
    const table = syntheticTable(100, 3, 5);
    const { columns, labels } = structuredClone(table);
    fit(table);
    expect(table).toEqual({ columns, labels });
  });

  it('is a finite constant when there is one class, or nothing to split by', () => {
    const columns = [Float64Array.of(1, 2, 3, 4)];
    const still = { feature: [-1], threshold: [0], left: [-1], right: [-1], value: [0] };
    expect(fit({ columns, labels: Uint8Array.of(1, 1, 1, 1) }).intercept).toBeCloseTo(Math.log(7), 12);
    expect(fit({ columns, labels: Uint8Array.of(0, 0, 0, 0) }).intercept).toBeCloseTo(-Math.log(7), 12);
    const constant = [Float64Array.of(2, 2, 2, 2)];
    const labels = Uint8Array.of(0, 1, 0, 0);
    expect(fit({ columns: constant, labels }).intercept).toBeCloseTo(-Math.log(3), 12);
    for (const { trees } of [fit({ columns, labels: new Uint8Array(4) }), fit({ columns: constant, labels })])
      expect(trees).toEqual([still]);
  });

  it('keeps ties together and passes over constant features', () => {
    const table = {
      columns: [new Float64Array(8).fill(3), Float64Array.of(1, 1, 1, 1, 2, 2, 2, 2)],
      labels: Uint8Array.of(0, 1, 0, 0, 1, 1, 0, 1),
    };
    const { trees } = fit(table, { maxDepth: 4, minLeafRows: 1 });
    expect(trees).toHaveLength(20);
    for (const tree of trees) expect([tree.feature, tree.threshold[0]]).toEqual([[1, -1, -1], 1.5]);
  });

  it('does not blow up in pure leaves without a penalty', () => {
    const labels = new Uint8Array(400).fill(1, 398);
    const table = { columns: [Float64Array.from(labels, (_, i) => i)], labels };
    const boosted = fit(table, { trees: 400, learningRate: 1, l2Regularization: 0, minLeafRows: 1 });
    const steps = boosted.trees.flatMap(({ value }) => value.map(Math.abs));
    expect(Math.max(...steps)).toBeLessThanOrEqual(10);
    expect(losses(boosted, table).at(-1)).toBeLessThan(0.01);
    expect(boosted.trees.length).toBeLessThan(400);
  });

  it('is a candidate: fitted, it tells the classes of a table apart', () => {
    const table = syntheticTable(500, 3, 6);
    const rows = allRows(500);
    const features = fitFeatures(
      ['a', 'b', 'c'].map((name) => feature(name)),
      table,
      rows,
    );
    const kind = 'gradient-boosting';
    const { estimator } = fitCandidate({ kind, name: kind, options: OPTIONS, search: null }, table, rows, features, 1);
    const scores = scoreRows({ features, estimator, calibration: null }, table, rows);
    const right = table.labels.filter((label, i) => scores[i]! >= 0.5 === (label === 1)).length;
    expect(right).toBeGreaterThan(400);
  });
});
