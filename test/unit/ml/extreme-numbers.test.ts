import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandidateDefinition } from '../../../src/contracts/definition.js';
import { CANDIDATE_KINDS } from '../../../src/ml/learners/index.js';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { checkTrainingRows } from '../../../src/ml/evaluation/data-checks.js';
import { crossValidate } from '../../../src/ml/evaluation/cross-validate.js';
import { buildReference, numericReference, sketchOf } from '../../../src/ml/drift/build-reference.js';
import { cellsOf, countWindow } from '../../../src/ml/drift/cells.js';
import { ksStatistic } from '../../../src/ml/drift/statistics/kolmogorov-smirnov.js';
import { findEqualRows } from '../../../src/ml/evaluation/equal-rows.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { groupScores } from '../../../src/ml/evaluation/metrics.js';
import type { Table } from '../../../src/ml/table.js';
import { thinCurve } from '../../../src/ml/evaluation/curves.js';
import { candidateSchema } from '../../../src/definition/candidate-schema.js';
import { scoreRows } from '../../../src/model/predict.js';
import { allRows, AS_IT_IS, syntheticTable } from './samples.js';

const ROWS = 24;
const EXTREMES = [0, -0, 5e-324, -5e-324, 1e-300, 1e-160, 1, -1, 1e150, 1e155, -1e200, 1e307, 1.79e308, -1.79e308];
const doubles = fc.oneof(fc.constantFrom(...EXTREMES), fc.double({ noNaN: true, noDefaultInfinity: true }));
const column = fc.oneof(
  fc.array(doubles, { minLength: ROWS, maxLength: ROWS }),
  fc.array(fc.oneof(doubles, fc.constant(NaN)), { minLength: ROWS, maxLength: ROWS }),
  fc.tuple(doubles, doubles).map(([a, b]) => Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? a : b))),
);
const tables = fc.array(column, { minLength: 1, maxLength: 3 }).map((columns): Table => ({
  columns: columns.map((values) => Float64Array.from(values)),
  labels: Uint8Array.from({ length: ROWS }, (_, i) => i % 2),
}));
const named = (table: Table, impute: 'mean' | 'median') =>
  table.columns.map((_, f) => ({
    name: `f${f}`,
    unit: '',
    range: [-Number.MAX_VALUE, Number.MAX_VALUE] as [number, number],
    impute,
  }));

const quick: Record<string, object> = {
  'random-forest': { trees: 3 },
  'gradient-boosting': { trees: 5 },
  'neural-network': { epochs: 3 },
};
const ofKind = (kind: (typeof CANDIDATE_KINDS)[number]): CandidateDefinition => ({
  ...candidateSchema().parse({ kind, options: quick[kind] ?? {} }),
  search: null,
});

/** Either a result or a named failure, and an end. */
const resultOf = <T>(run: () => T): T | null => {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineFailure);
    expect(error).toMatchObject({ type: 'DataContract' });
    return null;
  }
};

describe('numbers of any size', () => {
  it.each(CANDIDATE_KINDS)('%s ends: with metrics that are numbers, or a failure that names what is wrong', (kind) => {
    const validation = { folds: 3, repeats: 1, confidence: 0.95 };
    fc.assert(
      fc.property(tables, fc.constantFrom('mean' as const, 'median' as const), (table, impute) => {
        const found = resultOf(() =>
          crossValidate({
            ...{ table, rows: allRows(ROWS), columns: named(table, impute), candidate: ofKind(kind), validation },
            ...{ decision: { ...AS_IT_IS, calibration: 'platt' }, seed: 1, score: scoreRows },
          }),
        );
        if (found !== null) expect(Number.isFinite(found.metrics.rocAuc.value)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('pass every check of the data, equal rows and the reference, or are named', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const names = table.columns.map((_, f) => `f${f}`);
        resultOf(() => checkTrainingRows(table, names, allRows(ROWS), 3));
        expect(findEqualRows(table.columns).found.repeats).toBeLessThan(ROWS);
        const features = names.map((name, f) => ({ name, values: table.columns[f]! }));
        const { labels } = table;
        const profile = buildReference({ features, scores: new Float64Array(ROWS), predictions: labels, labels });
        expect(profile.features).toHaveLength(names.length);
        for (const values of table.columns) {
          const sorted = values.filter(Number.isFinite).sort();
          if (sorted.length === 0) continue;
          const cells = cellsOf(numericReference('x', sorted));
          expect(ksStatistic(cells, countWindow(cells, sorted))).toBe(0);
          expect(sketchOf(sorted).counts.reduce((sum, count) => sum + count, 0)).toBe(sorted.length);
        }
      }),
    );
  });

  it('whose mean or spread overflows name their feature and the remedy', () => {
    const { labels } = syntheticTable(40, 1, 1);
    const large = Float64Array.from({ length: 40 }, (_, i) => 1e307 + i * 1e305);
    const oneHuge = Float64Array.from({ length: 40 }, (_, i) => (i === 7 ? 1e200 : i));
    for (const [name, values] of [
      ['hb', large],
      ['iron', oneHuge],
    ] as const) {
      const check = () => checkTrainingRows({ columns: [values], labels }, [name], allRows(40), 3);
      expect(check).toThrow(expect.objectContaining({ type: 'DataContract' }));
      expect(check).toThrow(new RegExp(`feature ${name} has values so large .* larger unit, or narrow its range`));
    }
    // A constant has a mean, however large it is.
    const constant = new Float64Array(40).fill(1.7e308);
    const [feature] = fitFeatures(
      named({ columns: [constant], labels }, 'mean'),
      { columns: [constant], labels },
      allRows(40),
    );
    expect(feature).toMatchObject({ imputation: 1.7e308, mean: 1.7e308, scale: 1 });
  });
});

describe('what is no number', () => {
  it('ends loops that compare: it equals nothing', () => {
    const holed = Float64Array.of(0.1, NaN, 0.3);
    expect(() => groupScores(holed, Uint8Array.of(0, 1, 1))).toThrow(RangeError);
    expect(() => groupScores(holed, Uint8Array.of(1, 0, 1))).toThrow(RangeError);
    const flat = new Float64Array(300);
    expect(thinCurve({ x: flat, y: flat }, flat, 10)).toEqual([0, expect.any(Number), 299]);
  });

  it('as the score of a candidate is a failure that names the candidate', () => {
    const table = syntheticTable(40, 1, 1);
    const base = { table, rows: allRows(40), columns: named(table, 'mean'), candidate: ofKind('cart'), seed: 1 };
    const validation = { folds: 3, repeats: 1, confidence: 0.95 };
    const run = (wrong: number) => () =>
      crossValidate({
        ...base,
        validation,
        decision: AS_IT_IS,
        score: (_, __, rows) => new Float64Array(rows.length).fill(wrong),
      });
    for (const wrong of [NaN, Infinity, 1.5])
      expect(run(wrong)).toThrow(/candidate cart gave 14 of 14 rows a score that is no number/);
  });
});
