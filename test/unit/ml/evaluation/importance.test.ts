import { describe, expect, it } from 'vitest';
import type { FittedModel } from '../../../../src/contracts/model.js';
import {
  importanceRows,
  permutationImportances,
  type ImportanceInput,
} from '../../../../src/ml/evaluation/importance.js';
import { createRandom } from '../../../../src/ml/random.js';
import { allRows, feature, score } from '../samples.js';

const model: FittedModel = {
  features: ['matters', 'helps', 'ignored'].map((name) => ({ ...feature(name), imputation: 0, mean: 0, scale: 1 })),
  estimator: { kind: 'logistic-regression', intercept: 0, coefficients: [3, 1, 0] },
  calibration: null,
};

function inputOf(rows: number): ImportanceInput {
  const random = createRandom(5);
  const columns = model.features.map(() => new Float64Array(rows).map(() => random.float() - 0.5));
  const table = { columns, labels: new Uint8Array(rows) };
  const truth = score(model, { columns }, allRows(rows));
  table.labels.set(truth.map((p) => (random.float() < p ? 1 : 0)));
  return { model, table, rows: allRows(rows), score, confidence: 0.9, seed: 1 };
}

describe('permutationImportances', () => {
  it('tells what matters, how surely, and that a feature without weight loses nothing', () => {
    const [matters, helps, ignored] = permutationImportances(inputOf(600)).map(({ loss }) => loss);
    expect(matters!.value).toBeGreaterThan(helps!.value!);
    expect(matters!.low).toBeGreaterThan(helps!.high!);
    expect(matters!.low).toBeLessThan(matters!.value!);
    expect(matters!.high).toBeGreaterThan(matters!.value!);
    expect(ignored).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('is the same for the same seed, leaves the table alone and names features in order', () => {
    const input = inputOf(100);
    const before = structuredClone(input.table);
    const reported: number[] = [];
    const first = permutationImportances({ ...input, onFeature: (done) => reported.push(done) });
    expect(first.map((each) => each.feature)).toEqual(['matters', 'helps', 'ignored']);
    expect(reported).toEqual([1, 2, 3]);
    expect(permutationImportances(input)).toEqual(first);
    expect(permutationImportances({ ...input, seed: 2 })).not.toEqual(first);
    expect(input.table).toEqual(before);
  });

  it('shuffles one feature at a time, its values kept', () => {
    const input = inputOf(40);
    const calls: Float64Array[][] = [];
    permutationImportances({
      ...input,
      score: (given, values, rows) => (calls.push([...values.columns]), score(given, values, rows)),
    });
    const [whole, ...shuffled] = calls as [Float64Array[], ...Float64Array[][]];
    expect(shuffled).toHaveLength(3 * 30);
    shuffled.forEach((columns, call) =>
      columns.forEach((column, f) => {
        if (f === Math.floor(call / 30)) expect(column).not.toEqual(whole[f]);
        else expect(column).toBe(whole[f]);
        expect(column.slice().sort()).toEqual(whole[f]!.slice().sort());
      }),
    );
  });

  it('shuffles missing values with the others', () => {
    const input = inputOf(200);
    input.table.columns[0]!.fill(NaN, 0, 50);
    expect(permutationImportances(input)[0]!.loss.value).toBeGreaterThan(0);
  });

  it.each([0, 1])('has no value when all rows are of class %d', (label) => {
    const input = inputOf(20);
    input.table.labels.fill(label);
    expect(permutationImportances(input).map(({ loss }) => loss)).toEqual(
      model.features.map(() => ({ value: null, low: null, high: null })),
    );
  });

  it('has no value without rows', () => {
    const [first] = permutationImportances({ ...inputOf(20), rows: new Int32Array(0) });
    expect(first!.loss.value).toBeNull();
  });

  it('looks at a sample of a large hold-out', () => {
    const input = inputOf(30_000);
    let scored = 0;
    permutationImportances({
      ...input,
      score: (_, { columns: [column] }, rows) => (
        (scored += rows.length),
        Float64Array.from(rows, (row) => column![row]! + 0.5)
      ),
    });
    expect(importanceRows(3)).toBe(13_333);
    expect(scored).toBe(13_333 * (1 + 3 * 30));
    expect(importanceRows(1000)).toBe(500);
  });
});
