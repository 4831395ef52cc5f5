import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, calibratedProbability } from '../../../../src/contracts/calibration.js';
import {
  calibrated,
  fitCalibrationBy,
  fitIsotonic,
  MAX_ISOTONIC_POINTS,
  shortCalibration,
} from '../../../../src/ml/evaluation/calibration.js';
import { createRandom } from '../../../../src/ml/random.js';
import { checkCalibration } from '../../../../src/model/decision-check.js';

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
