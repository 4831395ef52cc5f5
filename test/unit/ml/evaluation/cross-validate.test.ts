import { describe, expect, it, vi } from 'vitest';
import { crossValidate, type CrossValidation } from '../../../../src/ml/evaluation/cross-validate.js';
import { fitCandidate } from '../../../../src/ml/learners/fit-candidate.js';
import { fitFeatures } from '../../../../src/ml/features.js';
import { allRows, AS_IT_IS, CART, feature, FOREST, LOGISTIC, score, syntheticTable } from '../samples.js';

const table = syntheticTable(90, 2, 3);
const base: CrossValidation = {
  table,
  rows: allRows(90),
  columns: [feature('a'), feature('b')],
  candidate: LOGISTIC,
  validation: { folds: 5, repeats: 3, confidence: 0.95 },
  decision: AS_IT_IS,
  seed: 1,
  score,
};

describe('crossValidate', () => {
  it.each([LOGISTIC, CART, FOREST])('measures $kind, the same for the same seed', (candidate) => {
    const result = crossValidate({ ...base, candidate });
    expect(result).toMatchObject({ rows: 90, folds: 5, repeats: 3, warnings: [] });
    expect(result.metrics.rocAuc.value).toBeGreaterThan(0.8);
    expect(result.metrics.rocAuc.low).toBeLessThan(result.metrics.rocAuc.value!);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = result.confusion;
    expect(truePositives + falsePositives + trueNegatives + falseNegatives).toBeCloseTo(90, 9);
    expect(truePositives + falseNegatives).toBeCloseTo(
      table.labels.reduce((sum, label) => sum + label, 0),
      9,
    );
    expect(crossValidate({ ...base, candidate })).toEqual(result);
    expect(crossValidate({ ...base, candidate, seed: 77 }).metrics).not.toEqual(result.metrics);
  });

  it('scores every row once a repeat, never with a model that has seen it, on folds shared by all candidates', () => {
    const tested = (candidate: CrossValidation['candidate']) => {
      const folds: number[][] = [];
      crossValidate({
        ...base,
        candidate,
        score: (model, values, rows) => (folds.push([...rows]), score(model, values, rows)),
      });
      return folds;
    };
    const folds = tested(LOGISTIC);
    expect(folds).toHaveLength(15);
    for (let repeat = 0; repeat < 3; repeat++) {
      const seen = folds.slice(5 * repeat, 5 * repeat + 5).flat();
      expect(Int32Array.from(seen).sort()).toEqual(allRows(90));
    }
    expect(folds.slice(0, 5)).not.toEqual(folds.slice(5, 10));
    expect(tested(FOREST)).toEqual(folds);
  });

  it('learns nothing from the test fold: an outlier there does not move mean or scale', () => {
    const columns = [table.columns[0]!.slice(), table.columns[1]!];
    columns[0]![17] = 1e6;
    let checked = 0;
    crossValidate({
      ...base,
      table: { ...table, columns },
      score: (model, source, rows) => {
        expect(model.features[0]!.mean > 1000).toBe(!rows.includes(17));
        checked++;
        return score(model, source, rows);
      },
    });
    expect(checked).toBe(15);
  });

  it('imputes missing values from the training folds', () => {
    const columns = [table.columns[0]!.map((value, i) => (i % 4 === 0 ? NaN : value)), table.columns[1]!];
    const result = crossValidate({
      ...base,
      table: { ...table, columns },
      columns: [feature('a', 'median'), feature('b')],
    });
    expect(result.metrics.logLoss.value).toBeGreaterThan(0);
    expect(result.metrics.rocAuc.value).toBeGreaterThan(0.7);
  });

  it('reports progress fold by fold', () => {
    const onFold = vi.fn();
    crossValidate({ ...base, onFold });
    expect(onFold.mock.calls.at(0)).toEqual([1, 15]);
    expect(onFold.mock.calls.at(-1)).toEqual([15, 15]);
    expect(onFold).toHaveBeenCalledTimes(15);
  });

  it('repeats large tables less often, and says so', () => {
    const large = syntheticTable(40_000, 1, 1);
    const input = {
      ...base,
      table: large,
      columns: [feature('a')],
      score: (_: unknown, __: unknown, rows: Int32Array) => new Float64Array(rows.length),
    };
    const result = crossValidate({ ...input, rows: allRows(40_000) });
    expect(result.repeats).toBe(2);
    expect(result.warnings).toEqual([
      { code: 'sampled-validation', message: expect.stringMatching(/40000 rows .* 2 instead of 3 times/) as string },
    ]);
    expect(crossValidate({ ...input, rows: allRows(30_000) }).warnings).toEqual([]);
  });

  it('passes on a warning of the learner once', () => {
    const candidate = { ...LOGISTIC, options: { inverseRegularization: 1, maxIterations: 1 } };
    const result = crossValidate({ ...base, candidate });
    expect(result.warnings.map(({ code }) => code)).toEqual(['not-converged']);
  });
});

describe('fitCandidate', () => {
  it('warns when logistic regression stops early', () => {
    const rows = allRows(90);
    const hasty = { ...LOGISTIC, options: { inverseRegularization: 1, maxIterations: 1 } };
    const { warnings } = fitCandidate(hasty, table, rows, fitFeatures(base.columns, table, rows), 1);
    expect(warnings).toEqual([
      { code: 'not-converged', message: expect.stringMatching(/within 1 iterations/) as string },
    ]);
  });

  it('draws the forest from the seed', () => {
    const rows = allRows(90);
    const features = fitFeatures(base.columns, table, rows);
    expect(fitCandidate(FOREST, table, rows, features, 1)).toEqual(fitCandidate(FOREST, table, rows, features, 1));
    expect(fitCandidate(FOREST, table, rows, features, 1)).not.toEqual(fitCandidate(FOREST, table, rows, features, 2));
  });
});

describe('a feature that few rows have', () => {
  it('counts as constant in folds that learn nothing of it, and is named with fold and rows', () => {
    const { columns: known, labels } = syntheticTable(60, 1, 5);
    const sparse = new Float64Array(60).fill(NaN);
    sparse[7] = 53;
    const named = [feature('a'), { ...feature('ferritin', 'median'), range: [0, 2000] as [number, number] }];
    const input = { table: { columns: [known[0]!, sparse], labels }, rows: allRows(60), columns: named };
    const validation = { folds: 3, repeats: 2, confidence: 0.95 };
    for (const candidate of [LOGISTIC, CART, FOREST]) {
      const { metrics, warnings } = crossValidate({
        ...{ ...input, candidate, validation, decision: AS_IT_IS, seed: 1, score },
      });
      expect(metrics.rocAuc.value).toBeGreaterThan(0.5);
      expect(warnings).toMatchObject([
        {
          code: 'sparse-feature',
          message: expect.stringMatching(/^ferritin: no value in the 40 rows .* fold [123] /) as string,
        },
      ]);
    }
  });
});
