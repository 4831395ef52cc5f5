import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictRow, scoreRow, scoreRows, sigmoid } from '../../src/serving/predict.js';
import { CART, ESTIMATORS, FEATURES, FOREST, LOGISTIC, modelDocument } from './models.js';

const model = (estimator: (typeof ESTIMATORS)[number]) => ({ features: FEATURES, estimator });
const value = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('scoreRow', () => {
  it('takes the left branch at the threshold itself', () => {
    expect(scoreRow(model(CART), [44, 30, 10.7])).toBe(0.9);
    expect(scoreRow(model(CART), [44.0001, 30, 10.7])).toBe(0.75);
    expect(scoreRow(model(CART), [44, 30, 10.7001])).toBe(0.1);
  });

  it('averages the trees of a forest', () => {
    expect(scoreRow(model(FOREST), [40, 28, 9])).toBe((0.9 + 0.7 + 0.9) / 3);
  });

  it('standardises for logistic regression', () => {
    // z = -0.25 - 0.5 * (49 - 45) / 4 - 1 * (29 - 29) / 2 - 2 * (8.5 - 11) / 2.5 = 1.25
    expect(scoreRow(model(LOGISTIC), [49, 29, 8.5])).toBeCloseTo(1 / (1 + Math.exp(-1.25)), 15);
  });

  it('fills a missing value where the model can, and refuses where it cannot', () => {
    expect(scoreRow(model(LOGISTIC), [45, 29, NaN])).toBe(scoreRow(model(LOGISTIC), [45, 29, 11.5]));
    expect(() => scoreRow(model(CART), [NaN, 29, 11])).toThrow(/Feature r is missing/);
    expect(() =>
      scoreRows(model(CART), [Float64Array.of(NaN), Float64Array.of(1), Float64Array.of(1)], Int32Array.of(0)),
    ).toThrow(/Feature r is missing/);
  });
});

describe('sigmoid', () => {
  it('is stable in both tails', () => {
    expect(sigmoid(1000)).toBe(1);
    expect(sigmoid(-1000)).toBe(0);
    expect(sigmoid(-700)).toBeGreaterThan(0);
    expect(sigmoid(0)).toBe(0.5);
  });
});

describe('scoreRows', () => {
  it('gives bit for bit the scores of scoreRow, for any order of rows', () => {
    const row = fc.tuple(value(0, 100), value(0, 100), fc.oneof(value(1, 25), fc.constant(NaN)));
    fc.assert(
      fc.property(
        fc.constantFrom(...ESTIMATORS),
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        (estimator, rows, order) => {
          const columns = FEATURES.map((_, j) => Float64Array.from(rows, (x) => x[j]!));
          const indices = Int32Array.from({ length: 50 }, () => (order.next().value ?? 0) % rows.length);
          const scores = scoreRows(model(estimator), columns, indices);
          indices.forEach((index, i) => expect(scores[i]).toBe(scoreRow(model(estimator), rows[index]!)));
        },
      ),
    );
  });

  it('crosses the borders of its blocks', () => {
    const columns = FEATURES.map(({ range }) => Float64Array.from({ length: 5000 }, (_, i) => range[0] + (i % 25)));
    const scores = scoreRows(
      model(FOREST),
      columns,
      Int32Array.from({ length: 5000 }, (_, i) => 4999 - i),
    );
    for (const i of [0, 1023, 1024, 2047, 2048, 4999]) {
      expect(scores[i]).toBe(
        scoreRow(
          model(FOREST),
          columns.map((column) => column[4999 - i]!),
        ),
      );
    }
  });

  it('scores no rows', () => expect(scoreRows(model(CART), [], new Int32Array(0))).toHaveLength(0));
});

describe('predictRow', () => {
  it('is positive when the score reaches the threshold', () => {
    const document = { ...modelDocument(), threshold: 0.75 };
    expect(predictRow(document, [50, 30, 9])).toEqual({ prediction: 1, score: 0.75 });
    expect(predictRow({ ...document, threshold: 0.7501 }, [50, 30, 9])).toEqual({ prediction: 0, score: 0.75 });
  });
});
