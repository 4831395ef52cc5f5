import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../src/contracts/learner.js';
import { calibratedProbability, logOdds, sigmoid } from '../../../src/model/calibration.js';

describe('sigmoid', () => {
  it('is stable in both tails', () => {
    expect(sigmoid(1000)).toBe(1);
    expect(sigmoid(-1000)).toBe(0);
    expect(sigmoid(-700)).toBeGreaterThan(0);
    expect(sigmoid(0)).toBe(0.5);
    expect([sigmoid(Infinity), sigmoid(-Infinity)]).toEqual([1, 0]);
  });

  it('is undone by the log-odds, up to their bounds', () => {
    for (const z of [-6.9, -1, 0, 0.5, 6.9]) expect(logOdds(sigmoid(z))).toBeCloseTo(z, 10);
    expect(logOdds(1)).toBeCloseTo(Math.log(999), 12);
    expect(logOdds(0)).toBeCloseTo(-Math.log(999), 12);
  });
});

describe('calibratedProbability', () => {
  it('is the score itself for an intercept of 0 and a slope of 1', () => {
    const probability = calibratedProbability({ kind: 'platt', intercept: 0, slope: 1 }, 0.3);
    expect(probability).toBeCloseTo(0.3, 15);
  });

  it('is one probability for an isotonic calibration of one point', () => {
    const calibration: Calibration = { kind: 'isotonic', scores: [0.5], probabilities: [0.25] };
    for (const score of [0, 0.5, 1]) expect(calibratedProbability(calibration, score)).toBe(0.25);
  });
});
