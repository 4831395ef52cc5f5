import { expect, it } from 'vitest';
import { crossValidate } from '../../../src/ml/evaluation/cross-validate.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { inRowOrder, outOfFoldScores, type OutOfFold } from '../../../src/ml/evaluation/folds.js';
import { stratifiedFolds } from '../../../src/ml/evaluation/split.js';
import { AS_IT_IS, CART, feature, FOREST, LOGISTIC, score, syntheticTable } from './samples.js';

const table = syntheticTable(120, 2, 3);
const rows = Int32Array.from({ length: 100 }, (_, i) => i + 10);
const columns = [feature('a'), feature('b')];
const inOrder = (folds: ReturnType<typeof outOfFoldScores>) =>
  inRowOrder(
    folds,
    folds.map(({ scores }) => scores),
  );
const base: OutOfFold = { table, rows, columns, candidate: LOGISTIC, folds: 5, seed: 1, score };

it.each([LOGISTIC, CART, FOREST])('gives the scores of the first repeat of cross-validation of $kind', (candidate) => {
  const scores = inOrder(outOfFoldScores({ ...base, candidate }));
  const folds = stratifiedFolds(table.labels, rows, 5, 1);
  const aucs = [0, 1, 2, 3, 4].map((fold) => {
    const positions = [...rows.keys()].filter((i) => folds[i] === fold);
    const labels = Uint8Array.from(positions, (i) => table.labels[rows[i]!]!);
    return metricValues(
      Float64Array.from(positions, (i) => scores[i]!),
      labels,
      0.5,
    ).values.rocAuc!;
  });
  const validation = { folds: 5, repeats: 1, confidence: 0.95 };
  const { metrics } = crossValidate({ ...base, candidate, validation, decision: AS_IT_IS });
  expect(aucs.reduce((sum, auc) => sum + auc, 0) / 5).toBeCloseTo(metrics.rocAuc.value!, 12);
});

/** Makes scores of row numbers, which are probabilities. */
const SCALE = 1000;

it('scores every row once, in order, with a model that has not seen it', () => {
  const reported: string[] = [];
  const seen = new Map<number, number>();
  const folds = outOfFoldScores({
    ...base,
    table: { ...table, columns: [Float64Array.from({ length: 120 }, (_, i) => i), table.columns[1]!] },
    score: (model, [first], test) => {
      // The mean of the row numbers it was fitted on tells which rows are missing from it.
      const testSum = test.reduce((sum, row) => sum + row, 0);
      const allSum = rows.reduce((sum, row) => sum + row, 0);
      expect(model.features[0]!.mean).toBeCloseTo((allSum - testSum) / (rows.length - test.length), 9);
      test.forEach((row) => seen.set(row, (seen.get(row) ?? 0) + 1));
      return Float64Array.from(test, (row) => first![row]! / SCALE);
    },
    onFold: (done, total) => reported.push(`${done}/${total}`),
  });
  expect([...inOrder(folds)]).toEqual(Array.from(rows, (row) => row / SCALE));
  expect([...seen.values()]).toEqual(Array.from(rows, () => 1));
  expect(reported).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
});
