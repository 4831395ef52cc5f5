import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../src/contracts/learner.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { fitCalibration } from '../../../src/ml/evaluation/calibration.js';
import { estimatePerformance } from '../../../src/monitoring/performance.js';
import { createRandom } from '../../../src/ml/random.js';

/** Leaves scores as they are. */
const IDENTITY: Calibration = { kind: 'isotonic', scores: [0, 1], probabilities: [0, 1] };
const THRESHOLD = 0.5;

/**
 * Served rows of a model whose score for x is 1 / (1 + exp(-2 x)), twice as sure as the truth.
 * @param mean of the input, which moves when inputs drift
 * @param flip share of labels that mean the opposite now (concept drift)
 */
function served(rows: number, seed: number, { mean = 0, flip = 0 } = {}) {
  const random = createRandom(seed);
  const inputs = Float64Array.from({ length: rows }, () => mean + 4 * (random.float() + random.float() - 1));
  const labels = Uint8Array.from(inputs, (x) => {
    const label = random.float() < 1 / (1 + Math.exp(-x)) ? 1 : 0;
    return random.float() < flip ? 1 - label : label;
  });
  const scores = inputs.map((x) => 1 / (1 + Math.exp(-2 * x)));
  return { scores, labels, predictions: Uint8Array.from(scores, (score) => (score >= THRESHOLD ? 1 : 0)) };
}

const truthOf = ({ scores, labels }: ReturnType<typeof served>) => metricValues(scores, labels, THRESHOLD).values;

describe('performance estimated from scores alone', () => {
  it('by hand', () => {
    const scores = Float64Array.of(0.2, 0.6, 0.6, 0.9);
    const { rows, metrics } = estimatePerformance({ scores, predictions: Uint8Array.of(0, 1, 1, 1) }, IDENTITY);
    expect(rows).toBe(4);
    expect(metrics.accuracy).toBeCloseTo((0.8 + 0.6 + 0.6 + 0.9) / 4, 12);
    expect(metrics.recall).toBeCloseTo(2.1 / 2.3, 12);
    // Positives .2, 1.2, .9 against negatives .8, .8, .1 by ascending score, ties half.
    const wins = 0.2 * 0.4 + 1.2 * (0.8 + 0.4) + 0.9 * (1.6 + 0.05);
    expect(metrics.rocAuc).toBeCloseTo(wins / (2.3 * 1.7), 12);
  });

  it('is the measured one for certain scores', () => {
    const scores = Float64Array.of(0, 1, 1, 0);
    const { metrics } = estimatePerformance({ scores, predictions: Uint8Array.of(0, 1, 0, 0) }, IDENTITY);
    expect(metrics).toEqual({ rocAuc: 1, accuracy: 0.75, recall: 0.5 });
  });

  it('is undefined without rows, and without one of the classes', () => {
    const none = { scores: new Float64Array(), predictions: new Uint8Array() };
    expect(estimatePerformance(none, IDENTITY).metrics).toEqual({ rocAuc: null, accuracy: null, recall: null });
    const negative = { scores: Float64Array.of(0, 0), predictions: Uint8Array.of(0, 1) };
    expect(estimatePerformance(negative, IDENTITY).metrics).toEqual({ rocAuc: null, accuracy: 0.5, recall: null });
  });

  const training = served(20_000, 1);
  const calibration = fitCalibration(training.scores, training.labels);

  it.each([
    ['inputs as at training', 0],
    ['inputs that drifted to where the model is sure', 1.5],
    ['inputs that drifted the other way', -1.5],
  ])('agrees with the truth within sampling error: %s', (_, mean) => {
    const window = served(20_000, 2, { mean });
    const truth = truthOf(window);
    const { metrics } = estimatePerformance(window, calibration);
    // Three standard errors of a share of 20,000 rows, and the calibration's own.
    for (const metric of ['rocAuc', 'accuracy', 'recall'] as const) {
      expect(Math.abs(metrics[metric]! - truth[metric]!)).toBeLessThan(0.015);
    }
  });

  it('does not see that labels came to mean something else: it is an estimate, not a measurement', () => {
    const window = served(20_000, 3, { flip: 0.4 });
    const { metrics } = estimatePerformance(window, calibration);
    expect(truthOf(window).rocAuc).toBeLessThan(0.6);
    expect(metrics.rocAuc).toBeGreaterThan(0.8);
  });
});
