import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { casesOf, classesOf, rowsOf, type Table } from '../../../../src/ml/table.js';
import { compareModels } from '../../../../src/ml/evaluation/compare.js';
import { crossValidate, nestedRepeat } from '../../../../src/ml/evaluation/cross-validate.js';
import { bootstrapIntervals } from '../../../../src/ml/evaluation/intervals.js';
import { fitCandidate } from '../../../../src/ml/learners/fit-candidate.js';
import { outOfFoldScores } from '../../../../src/ml/evaluation/folds.js';
import { fitFeatures } from '../../../../src/ml/features.js';
import { createRandom } from '../../../../src/ml/random.js';
import { stratifiedFolds, stratifiedSplit } from '../../../../src/ml/evaluation/split.js';
import { scoreRows } from '../../../../src/model/predict.js';
import { allRows, AS_IT_IS, feature, FOREST, LOGISTIC, syntheticTable } from '../samples.js';

const FOLDS = 3;

/** Labels and groups of rows; groups may be of both classes. */
const grouped = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.nat({ max: 30 })), { minLength: 2, maxLength: 200 })
  .map((rows) => ({
    labels: Uint8Array.from(rows, ([label]) => label),
    groups: Int32Array.from(rows, ([, group]) => group),
  }));
const seeds = fc.integer({ min: 0, max: 1e6 });

/** How many parts the rows of each group are in, at most. */
const mostParts = (groups: ArrayLike<number>, parts: ArrayLike<number>) => {
  const seen = new Map<number, Set<number>>();
  Array.from(groups).forEach((group, i) => seen.set(group, (seen.get(group) ?? new Set()).add(parts[i]!)));
  return Math.max(0, ...[...seen.values()].map(({ size }) => size));
};

/** n random rows with random labels, each k times in scattered order. */
function copied(n: number, k: number, seed: number, features = 3): Table {
  const random = createRandom(seed);
  const order = new Int32Array(n * k).map((_, i) => i % n);
  random.shuffle(order);
  const values = Array.from({ length: features }, () => Float64Array.from({ length: n }, () => random.float()));
  const labels = Uint8Array.from({ length: n }, () => random.below(2));
  const columns = values.map((column) => Float64Array.from(order, (row) => column[row]!));
  return { columns, labels: Uint8Array.from(order, (row) => labels[row]!), groups: order };
}

const noise = copied(150, 4, 3);
const columns = ['a', 'b', 'c'].map((name) => feature(name));
const everyRow = allRows(600);
const deepForest = { ...FOREST, options: { ...FOREST.options, maxDepth: 20 } };

/** Class and size of groups whose rows are all of one class. */
const groupsOfOneClass = (largest: number, fewest: number) =>
  fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 1, max: largest })), { minLength: fewest, maxLength: 80 });

function tableOf(cases: [label: number, size: number][]): { labels: Uint8Array; groups: Int32Array } {
  const rows = cases.flatMap(([label, size], group) => Array.from({ length: size }, () => [label, group] as const));
  return {
    labels: Uint8Array.from(rows, ([label]) => label),
    groups: Int32Array.from(rows, ([, group]) => group),
  };
}

describe('groups', () => {
  it('are on one side of the hold-out, and shares miss by no more than the largest of them', () => {
    fc.assert(
      fc.property(
        grouped,
        seeds,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        ({ labels, groups }, seed, share) => {
          const roles = stratifiedSplit(labels, share, seed, groups);
          expect(mostParts(groups, roles)).toBeLessThanOrEqual(1);
          expect(stratifiedSplit(labels, share, seed, groups)).toEqual(roles);
        },
      ),
    );
    fc.assert(
      fc.property(groupsOfOneClass(6, 20), seeds, (cases, seed) => {
        const { labels, groups } = tableOf(cases);
        const roles = stratifiedSplit(labels, 0.25, seed, groups);
        for (const label of [0, 1]) {
          const all = labels.filter((l) => l === label).length;
          const held = roles.filter((role, i) => role === 1 && labels[i] === label).length;
          expect(Math.abs(held - all / 4)).toBeLessThanOrEqual(6.5);
          if (cases.filter(([l]) => l === label).length > 1) expect(held).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('are in one fold, and folds differ by no more than the largest of them', () => {
    fc.assert(
      fc.property(groupsOfOneClass(5, 10), seeds, (cases, seed) => {
        const { labels, groups } = tableOf(cases);
        const folds = stratifiedFolds(labels, allRows(labels.length), FOLDS, seed, groups);
        expect(mostParts(groups, folds)).toBe(1);
        for (const label of [0, 1]) {
          const sizes = Array.from(
            { length: FOLDS },
            (_, f) => folds.filter((fold, i) => fold === f && labels[i] === label).length,
          );
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(5);
          if (cases.filter(([l]) => l === label).length >= FOLDS) expect(Math.min(...sizes)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('of both classes are in one fold too, of any part of the rows', () => {
    fc.assert(
      fc.property(grouped, seeds, ({ labels, groups }, seed) => {
        const rows = allRows(labels.length).filter((row) => row % 3 !== 0);
        const folds = stratifiedFolds(labels, rows, FOLDS, seed, groups);
        const ofRows = Array.from(rows, (row) => groups[row]!);
        expect(mostParts(ofRows, folds)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('stay together in out-of-fold scores and in every fold of a nested search', () => {
    const seen: { train: number; test: number[] }[] = [];
    const watched: typeof scoreRows = (model, given, rows) => {
      seen.push({ train: 0, test: Array.from(rows, (row) => noise.groups![row]!) });
      return scoreRows(model, given, rows);
    };
    const base = { table: noise, rows: everyRow, columns, folds: FOLDS, seed: 5, score: watched };
    const folds = outOfFoldScores({ ...base, candidate: LOGISTIC });
    const foldOf = new Uint8Array(600);
    folds.forEach(({ positions }, fold) => positions.forEach((position) => (foldOf[position] = fold)));
    expect(mostParts(noise.groups!, foldOf)).toBe(1);
    seen.length = 0;
    const trials = [LOGISTIC, { ...LOGISTIC, options: { ...LOGISTIC.options, inverseRegularization: 0.1 } }];
    nestedRepeat({ ...base, trials, innerFolds: 2, metric: 'rocAuc', decision: AS_IT_IS, repeat: 0 });
    expect(seen).toHaveLength(FOLDS * (2 * 2 + 1));
    // Every scored part holds all four copies of a row or none.
    for (const { test } of seen)
      for (const group of new Set(test)) expect(test.filter((other) => other === group)).toHaveLength(4);
  });

  it('take the reward from remembering copies: noise is worth what chance is', () => {
    const validation = { folds: 5, repeats: 1, confidence: 0.95 };
    const base = {
      rows: everyRow,
      columns,
      candidate: deepForest,
      validation,
      decision: AS_IT_IS,
      seed: 1,
      score: scoreRows,
    };
    const { groups: _, ...ungrouped } = noise;
    expect(crossValidate({ ...base, table: ungrouped }).metrics.rocAuc.value).toBeGreaterThan(0.95);
    const honest = crossValidate({ ...base, table: noise }).metrics.rocAuc;
    expect(honest.low).toBeLessThan(0.5);
    expect(honest.value).toBeLessThan(0.65);
  });

  it("stay together in the folds of the linear SVM's calibration", () => {
    const svm = {
      kind: 'linear-svm',
      name: 'svm',
      options: { inverseRegularization: 1, maxIterations: 100, calibrationFolds: 5 },
      search: null,
    } as const;
    const names = Array.from({ length: 20 }, (_, f) => feature(`f${f}`));
    const table = copied(60, 4, 8, 20);
    const { groups: _, ...ungrouped } = table;
    const slopeOf = (given: Table): number => {
      const rows = allRows(240);
      const { estimator } = fitCandidate(svm, given, rows, fitFeatures(names, given, rows), 1);
      return 'platt' in estimator && typeof estimator.platt === 'object' ? estimator.platt.slope : NaN;
    };
    // Copies of a row make the machine look sure of it.
    expect(slopeOf(ungrouped)).toBeGreaterThan(1);
    expect(slopeOf(table)).toBeLessThan(slopeOf(ungrouped) / 2);
  });

  it('are drawn whole by the bootstrap: copies make no interval narrower', () => {
    const one = syntheticTable(100, 1, 4);
    const scores = one.columns[0]!.map((value) => value / 6);
    const four = (values: Float64Array) => Float64Array.from({ length: 400 }, (_, i) => values[i % 100]!);
    const labels = Uint8Array.from({ length: 400 }, (_, i) => one.labels[i % 100]!);
    const groups = Int32Array.from({ length: 400 }, (_, i) => i % 100);
    const width = ({ rocAuc }: ReturnType<typeof bootstrapIntervals>) => rocAuc.high! - rocAuc.low!;
    const how = { threshold: 0.5, confidence: 0.95, seed: 1 };
    const plain = width(bootstrapIntervals({ scores, labels: one.labels, ...how }));
    const naive = width(bootstrapIntervals({ scores: four(scores), labels, ...how }));
    const whole = width(bootstrapIntervals({ scores: four(scores), labels, groups, ...how }));
    expect(naive / plain).toBeLessThan(0.65);
    expect(whole / plain).toBeGreaterThan(0.85);
    expect(whole / plain).toBeLessThan(1.15);

    const a = { scores: four(scores), threshold: 0.5 };
    const b = { scores: four(scores.map((score, i) => score + ((i * 7) % 10) / 40)), threshold: 0.5 };
    const pair = { a, b, labels, confidence: 0.9, seed: 1 };
    const spread = ({ metrics }: ReturnType<typeof compareModels>) =>
      metrics.rocAuc.difference!.high - metrics.rocAuc.difference!.low;
    expect(spread(compareModels({ ...pair, groups })) / spread(compareModels(pair))).toBeGreaterThan(1.5);
  });

  it('are put together whatever their classes and their order', () => {
    const cases = casesOf(Uint8Array.of(0, 1, 0, 1, 1), Int32Array.of(7, 7, 2, 3, 2));
    const all = Array.from({ length: cases.count }, (_, each) => [[...rowsOf(cases, each)], classesOf(cases, each)]);
    expect(all).toEqual([
      [
        [0, 1],
        [1, 1],
      ],
      [
        [2, 4],
        [1, 1],
      ],
      [[3], [0, 1]],
    ]);
  });
});
