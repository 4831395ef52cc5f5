import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../../src/contracts/learner.js';
import { calibratedProbability } from '../../../../src/model/calibration.js';
import {
  calibrated,
  fitCalibration,
  fitIsotonic,
  fitPlatt,
  fitCalibrationBy,
  MAX_ISOTONIC_POINTS,
  shortCalibration,
} from '../../../../src/ml/evaluation/calibration.js';
import { createRandom } from '../../../../src/ml/random.js';
import { checkCalibration } from '../../../../src/model/calibration.js';

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

const staircase = (points: number, step: (i: number) => number): Calibration & { kind: 'isotonic' } => ({
  kind: 'isotonic',
  scores: Array.from({ length: points }, (_, i) => (i + 1) / (points + 1)),
  probabilities: Array.from({ length: points }, (_, i) => step((i + 1) / (points + 1))),
});

describe('shortCalibration', () => {
  it('keeps nine significant digits', () => {
    expect(shortCalibration({ kind: 'platt', intercept: -1 / 3, slope: 2 / 3 })).toEqual({
      ...{ kind: 'platt', intercept: -0.333333333, slope: 0.666666667 },
    });
    expect(
      shortCalibration({ kind: 'isotonic', scores: [0.1 + 0.2, 0.6], probabilities: [1 / 3, 0.123456789012] }),
    ).toEqual({ kind: 'isotonic', scores: [0.3, 0.6], probabilities: [0.333333333, 0.123456789] });
  });

  it('keeps few points of many, and hardly moves a probability', () => {
    const long = staircase(30_000, (x) => x ** 3);
    const short = shortCalibration(long) as typeof long;
    expect(short.scores.length).toBeLessThanOrEqual(MAX_ISOTONIC_POINTS);
    expect([short.scores[0], short.scores.at(-1)]).toEqual([
      Number(long.scores[0]!.toPrecision(9)),
      Number(long.scores.at(-1)!.toPrecision(9)),
    ]);
    const at = Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
    const expected = calibrated(long, at);
    calibrated(short, at).forEach((probability, i) => expect(probability).toBeCloseTo(expected[i]!, 5));
  });

  it('makes one point of scores that rounding makes one', () => {
    const scores = [0.5, 0.5 + 1e-12, 0.5 + 2e-12, 0.75];
    expect(shortCalibration({ kind: 'isotonic', scores, probabilities: [0, 0.5, 0.6, 1] })).toEqual({
      ...{ kind: 'isotonic', scores: [0.5, 0.75], probabilities: [0, 1] },
    });
  });
});

describe('fitCalibrationBy', () => {
  const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1)), { minLength: 1 });

  it.each(['platt', 'isotonic'] as const)('gives what a model document takes: %s', (method) => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const scores = Float64Array.from(pairs, ([score]) => score);
        const labels = Uint8Array.from(pairs, ([, label]) => label);
        const fitted = fitCalibrationBy(method, scores, labels);
        expect(checkCalibration(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
      }),
    );
  });

  it('is the method that was asked for, however few the rows', () => {
    const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8);
    const labels = Uint8Array.of(0, 0, 1, 1);
    expect(fitCalibrationBy('isotonic', scores, labels)).toEqual({
      kind: 'isotonic',
      scores: [0.4125],
      probabilities: [0.5],
    });
    expect(fitCalibrationBy('platt', scores, labels).kind).toBe('platt');
  });

  it('has isotonic points of at least five rows, close to those of every row', () => {
    const random = createRandom(3);
    const scores = new Float64Array(2000).map(() => random.float());
    const labels = Uint8Array.from(scores, (score) => Number(random.float() < score));
    const fitted = fitCalibrationBy('isotonic', scores, labels);
    expect(fitted).toMatchObject({ kind: 'isotonic' });
    if (fitted.kind !== 'isotonic') return;
    const reported = new Set(fitted.scores);
    expect(scores.filter((score) => reported.has(Number(score.toPrecision(9))))).toHaveLength(0);
    const exact = { kind: 'isotonic' as const, ...fitIsotonic(scores, labels) };
    for (let p = 0.05; p < 1; p += 0.05)
      expect(Math.abs(calibratedProbability(fitted, p) - calibratedProbability(exact, p))).toBeLessThan(0.05);
  });
});
