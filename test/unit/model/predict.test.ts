import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../src/contracts/learner.js';
import type { FittedModel } from '../../../src/contracts/model.js';
import type { Estimator } from '../../../src/ml/learners/index.js';
import { predictRow, scoreRow, scoreRows } from '../../../src/model/predict.js';
import {
  BOOSTING,
  CALIBRATIONS,
  CART,
  ESTIMATORS,
  FEATURES,
  FOREST,
  ISOTONIC,
  LOGISTIC,
  modelDocument,
  NETWORK,
  PLATT,
  SVM,
} from './models.js';

const model = (estimator: Estimator, calibration: Calibration | null = null): FittedModel => ({
  ...{ features: FEATURES, estimator, calibration },
});
const logistic = (z: number) => 1 / (1 + Math.exp(-z));
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
    expect(scoreRow(model(LOGISTIC), [49, 29, 8.5])).toBeCloseTo(logistic(1.25), 15);
  });

  it("scales a support vector machine's decision value", () => {
    // f = 0.125 - 0.25 * 1 - 0.5 * 0 - 1 * -1 = 0.875; then -0.75 + 2 * f = 1
    expect(scoreRow(model(SVM), [49, 29, 8.5])).toBeCloseTo(logistic(1), 15);
  });

  it('rectifies the hidden layers of a network and not its output', () => {
    // inputs (1, 0, -1): first (0.5 - 2 + 0.25, -0.75 + 1.5 - 0.5) = (-1.25, 0.25), rectified (0, 0.25);
    // second (-0.25, 0.125 - 0.25, 0.025 + 1) rectified (0, 0, 1.025); output 0.125 + 0.75 * 1.025 = 0.89375
    expect(scoreRow(model(NETWORK), [49, 29, 8.5])).toBeCloseTo(logistic(0.89375), 15);
    // inputs (0, 0, 2): first (4.25, -3.5), rectified (4.25, 0); second (4.25, 1.875, -7.5) rectified (4.25, 1.875, 0);
    // output 0.125 - 4.25 + 1.5 * 1.875 = -1.3125
    expect(scoreRow(model(NETWORK), [45, 29, 16])).toBeCloseTo(logistic(-1.3125), 15);
  });

  it('adds the log-odds of boosted trees', () => {
    expect(scoreRow(model(BOOSTING), [40, 28, 9])).toBeCloseTo(logistic(-1.5 + 3.5 + 0.7 + 0.7), 15);
    expect(scoreRow(model(BOOSTING), [50, 30, 12])).toBeCloseTo(logistic(-1.5 - 2.5 - 0.2 + 0.2), 15);
  });

  it("calibrates by Platt's scaling of the log-odds", () => {
    expect(scoreRow(model(CART, PLATT), [50, 30, 9])).toBeCloseTo(logistic(-0.5 + 1.25 * Math.log(3)), 15);
    // Scores of 0 and 1 have log-odds without end: they count as 0.001 and 0.999.
    const sure = model({ ...CART, tree: { ...CART.tree, value: [0.4, 0.8, 0, 1, 1] } }, PLATT);
    expect(scoreRow(sure, [50, 30, 9])).toBeCloseTo(logistic(-0.5 + 1.25 * Math.log(999)), 15);
  });

  it.each([
    [0.05, 0.05],
    [0.1, 0.05],
    [0.2, 0.125],
    [0.4, 0.2],
    [0.65, 0.6],
    [0.8, 1],
    [0.95, 1],
  ])('calibrates %f by isotonic regression to %f', (score, probability) => {
    const constant = { feature: [-1], threshold: [0], left: [-1], right: [-1], value: [score] };
    expect(scoreRow(model({ kind: 'cart', tree: constant }, ISOTONIC), [50, 30, 9])).toBeCloseTo(probability, 15);
  });

  it('fills a missing value where the model can, and refuses where it cannot', () => {
    expect(scoreRow(model(LOGISTIC), [45, 29, NaN])).toBe(scoreRow(model(LOGISTIC), [45, 29, 11.5]));
    expect(() => scoreRow(model(CART), [NaN, 29, 11])).toThrow(/Feature r is missing/);
    expect(() =>
      scoreRows(model(CART), { columns: [NaN, 1, 1].map((value) => Float64Array.of(value)) }, Int32Array.of(0)),
    ).toThrow(/Feature r is missing/);
  });
});

describe('scoreRows', () => {
  it('gives bit for bit the scores of scoreRow, for any order of rows', () => {
    const row = fc.tuple(value(0, 100), value(0, 100), fc.oneof(value(1, 25), fc.constant(NaN)));
    fc.assert(
      fc.property(
        fc.constantFrom(...ESTIMATORS),
        fc.constantFrom(...CALIBRATIONS),
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        (estimator, calibration, rows, order) => {
          const fitted = model(estimator, calibration);
          const columns = FEATURES.map((_, j) => Float64Array.from(rows, (x) => x[j]!));
          const indices = Int32Array.from({ length: 50 }, () => (order.next().value ?? 0) % rows.length);
          const scores = scoreRows(fitted, { columns }, indices);
          indices.forEach((index, i) => expect(scores[i]).toBe(scoreRow(fitted, rows[index]!)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(ESTIMATORS)('crosses the borders of its blocks ($kind)', (estimator) => {
    const fitted = model(estimator, PLATT);
    const columns = FEATURES.map(({ range }) => Float64Array.from({ length: 5000 }, (_, i) => range[0] + (i % 25)));
    const backwards = Int32Array.from({ length: 5000 }, (_, i) => 4999 - i);
    const scores = scoreRows(fitted, { columns }, backwards);
    for (const i of [0, 1023, 1024, 2047, 2048, 4999]) {
      const row = columns.map((column) => column[4999 - i]!);
      expect(scores[i]).toBe(scoreRow(fitted, row));
    }
  });

  it('scores no rows', () => expect(scoreRows(model(CART), { columns: [] }, new Int32Array(0))).toHaveLength(0));
});

describe('predictRow', () => {
  it('is positive when the score reaches the threshold', () => {
    const document = { ...modelDocument(), threshold: 0.75 };
    expect(predictRow(document, [50, 30, 9])).toEqual({ prediction: 1, score: 0.75 });
    expect(predictRow({ ...document, threshold: 0.7501 }, [50, 30, 9])).toEqual({ prediction: 0, score: 0.75 });
  });

  it('compares the threshold with the calibrated probability', () => {
    const document = { ...modelDocument(), calibration: ISOTONIC, threshold: 0.85 };
    const { prediction, score } = predictRow(document, [50, 30, 9]);
    expect(score).toBeCloseTo(0.2 + (0.8 * 0.25) / 0.3, 15);
    expect(prediction).toBe(1);
    expect(predictRow({ ...document, threshold: 0.87 }, [50, 30, 9]).prediction).toBe(0);
  });
});
