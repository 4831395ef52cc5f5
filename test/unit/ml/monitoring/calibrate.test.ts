import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../../src/contracts/calibration.js';
import { calibrated, fitCalibration, fitIsotonic, fitPlatt } from '../../../../src/ml/evaluation/calibration.js';
import { createRandom } from '../../../../src/ml/random.js';

const SCORES = Float64Array.of(0.1, 0.2, 0.2, 0.3, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);
const LABELS = Uint8Array.of(0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1);

const expectClose = (found: ArrayLike<number>, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 9));
};

describe('isotonic regression', () => {
  it('has the points and predictions of scikit-learn', () => {
    const fit = fitIsotonic(SCORES, LABELS);
    expectClose(fit.scores, [0.1, 0.2, 0.5, 0.6, 0.8, 0.9]);
    expectClose(fit.probabilities, [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1]);
    const at = calibrated({ kind: 'isotonic', ...fit }, Float64Array.of(0, 0.15, 0.25, 0.45, 0.55, 0.65, 0.85, 1));
    expectClose(at, [0, 1 / 6, 1 / 3, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1]);
  });

  it('is one probability for labels that fall with the score', () => {
    const fit = fitIsotonic(Float64Array.of(0.9, 0.1, 0.5), Uint8Array.of(0, 1, 0));
    expectClose(calibrated({ kind: 'isotonic', ...fit }, Float64Array.of(0, 0.5, 1)), [1 / 3, 1 / 3, 1 / 3]);
  });

  it('is non-descending, keeps the mean, and no other monotone step is nearer in squares', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1 })), { minLength: 1 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const scores = Float64Array.from(pairs, ([score]) => score / 12);
        const labels = Uint8Array.from(pairs, ([, label]) => label);
        const fit = fitIsotonic(scores, labels);
        fit.probabilities.slice(1).forEach((p, i) => expect(p).toBeGreaterThanOrEqual(fit.probabilities[i]!));
        const fitted = calibrated({ kind: 'isotonic', ...fit }, scores);
        const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
        expect(sum(fitted)).toBeCloseTo(sum(labels), 9);
        const error = (of: (i: number) => number) => sum(Array.from(labels, (label, i) => (label - of(i)) ** 2));
        const best = error((i) => fitted[i]!);
        for (const cut of scores) {
          const moved = (i: number) => Math.min(1, fitted[i]! + (scores[i]! >= cut ? 0.01 : 0));
          expect(error(moved)).toBeGreaterThanOrEqual(best - 1e-9);
        }
      }),
    );
  });
});

describe("Platt's scaling", () => {
  it('has the weights that a general optimiser finds (scipy, BFGS)', () => {
    const scores = Float64Array.of(0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7, 0.9, 0.95, 1);
    const { intercept, slope } = fitPlatt(scores, Uint8Array.of(0, 0, 1, 0, 0, 1, 1, 1, 0, 1));
    expect(intercept).toBeCloseTo(-0.1911784187, 6);
    expect(slope).toBeCloseTo(0.2618705451, 6);
  });

  it('is constant where scores tell nothing or the opposite', () => {
    const constant = fitPlatt(Float64Array.of(0.4, 0.4, 0.4), Uint8Array.of(0, 1, 1));
    const opposite = fitPlatt(Float64Array.of(0.9, 0.8, 0.1), Uint8Array.of(0, 0, 1));
    for (const fit of [constant, opposite]) expect(fit.slope).toBeCloseTo(0, 6);
  });

  it('stays away from certainty with one class, and with scores of 0 and 1', () => {
    const oneClass = fitCalibration(Float64Array.of(0.2, 0.7), Uint8Array.of(0, 0));
    expectClose(calibrated(oneClass, Float64Array.of(0, 1)), [0.25, 0.25]);
    const separated = fitCalibration(Float64Array.of(0, 0, 1, 1), Uint8Array.of(0, 0, 1, 1));
    const [low, high] = calibrated(separated, Float64Array.of(0, 1));
    expect(low).toBeCloseTo(0.25, 6);
    expect(high).toBeCloseTo(0.75, 6);
  });
});

describe('a calibration', () => {
  /** Scores that are too sure of themselves: log-odds three times as large as they should be. */
  function overconfident(rows: number, seed: number) {
    const random = createRandom(seed);
    const truth = Float64Array.from({ length: rows }, () => random.float());
    const labels = Uint8Array.from(truth, (p) => (random.float() < p ? 1 : 0));
    const scores = truth.map((p) => p ** 3 / (p ** 3 + (1 - p) ** 3));
    return { truth, labels, scores };
  }

  it.each([
    ['platt', 900, 0.06],
    ['isotonic', 20_000, 0.04],
  ] as const)('%s from %i rows mends overconfident scores', (kind, rows, tolerance) => {
    const { scores, labels } = overconfident(rows, 1);
    const calibration = fitCalibration(scores, labels);
    expect(calibration.kind).toBe(kind);
    const fresh = overconfident(5000, 2);
    const probabilities = calibrated(calibration, fresh.scores);
    const miss = probabilities.reduce((sum, p, i) => sum + Math.abs(p - fresh.truth[i]!), 0) / 5000;
    const before = fresh.scores.reduce((sum, p, i) => sum + Math.abs(p - fresh.truth[i]!), 0) / 5000;
    expect(before).toBeGreaterThan(0.1);
    expect(miss).toBeLessThan(tolerance);
  });

  it('survives JSON', () => {
    const { scores, labels } = overconfident(2000, 3);
    const calibration = fitCalibration(scores, labels);
    expect(JSON.parse(JSON.stringify(calibration)) as Calibration).toEqual(calibration);
  });

  it('of no rows is refused', () => {
    expect(() => fitCalibration(new Float64Array(), new Uint8Array())).toThrow(RangeError);
  });
});
