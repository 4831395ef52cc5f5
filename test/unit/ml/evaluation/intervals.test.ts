import { describe, expect, it } from 'vitest';
import {
  bootstrapIntervals,
  percentileInterval,
  resampledInterval,
  resamplesFor,
} from '../../../../src/ml/evaluation/intervals.js';
import { metricValues } from '../../../../src/ml/evaluation/metrics.js';
import { createRandom } from '../../../../src/ml/random.js';

function noisyScores(n: number, seed: number, noise: number) {
  const random = createRandom(seed);
  const labels = new Uint8Array(n).map((_, i) => (i % 3 === 0 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => (label + noise * random.float()) / (1 + noise));
  return { scores, labels };
}

describe('resampledInterval', () => {
  it('agrees with the formula worked in scipy', () => {
    // v = [.8, .85, .9, .95, .75]: mean -+ stats.t.ppf(.975, 4) * sqrt((1/5 + .25) * v.var(ddof=1))
    const { value, low, high } = resampledInterval('rocAuc', [0.8, 0.85, null, 0.9, 0.95, 0.75], 0.25, 0.95);
    expect(value).toBeCloseTo(0.85, 12);
    expect(low).toBeCloseTo(0.7027567628891832, 7);
    expect(high).toBeCloseTo(0.9972432371108167, 7);
  });

  it('stays inside what the metric can be', () => {
    expect(resampledInterval('accuracy', [1, 0.9, 0.2], 0.25, 0.95)).toMatchObject({ low: 0, high: 1 });
    const loss = resampledInterval('logLoss', [1.4, 0.9, 0.2], 0.25, 0.95);
    expect(loss.low).toBe(0);
    expect(loss.high).toBeGreaterThan(1);
  });

  it('has no bounds from one value, and nothing from none', () => {
    expect(resampledInterval('f1', [0.5, null], 0.25, 0.95)).toEqual({ value: 0.5, low: null, high: null });
    expect(resampledInterval('f1', [null], 0.25, 0.95)).toEqual({ value: null, low: null, high: null });
  });
});

describe('bootstrapIntervals', () => {
  it('encloses the measured value, and is as wide as theory says for accuracy', () => {
    const { scores, labels } = noisyScores(300, 1, 2);
    const table = bootstrapIntervals({ scores, labels, threshold: 0.5, confidence: 0.95, seed: 1 });
    const { values } = metricValues(scores, labels, 0.5);
    for (const metric of ['rocAuc', 'accuracy', 'brier', 'logLoss', 'precision'] as const) {
      const { value, low, high } = table[metric];
      expect(value).toBe(values[metric]);
      expect(low! < value! && value! < high!).toBe(true);
    }
    // Recall is a plain proportion of 100 positives: normal half-width 1.96 * sqrt(p (1 - p) / 100).
    const recall = values.recall!;
    const width = table.recall.high! - table.recall.low!;
    expect(width / (2 * 1.96 * Math.sqrt((recall * (1 - recall)) / 100))).toBeCloseTo(1, 0);
    expect(bootstrapIntervals({ scores, labels, threshold: 0.5, confidence: 0.95, seed: 1 })).toEqual(table);
    expect(bootstrapIntervals({ scores, labels, threshold: 0.5, confidence: 0.95, seed: 2 })).not.toEqual(table);
    const narrow = bootstrapIntervals({ scores, labels, threshold: 0.5, confidence: 0.5, seed: 1 }).rocAuc;
    expect(narrow.high! - narrow.low!).toBeLessThan(table.rocAuc.high! - table.rocAuc.low!);
  });

  it('keeps undefined metrics undefined', () => {
    const table = bootstrapIntervals({
      scores: Float64Array.of(0.1, 0.9),
      labels: Uint8Array.of(0, 0),
      threshold: 0.5,
      confidence: 0.95,
      seed: 1,
    });
    expect(table.rocAuc).toEqual({ value: null, low: null, high: null });
    expect(table.accuracy).toMatchObject({ value: 0.5 });
  });

  it('takes the middle of what was drawn, and counts no resample that left a value undefined', () => {
    expect(percentileInterval(Float64Array.of(4, NaN, 1, 2, 3, 5), 0.5)).toEqual({ low: 2, high: 4 });
    expect(percentileInterval(Float64Array.of(NaN), 0.5)).toBeNull();
  });

  it('bounds its work', () => {
    expect([10, 40_000, 100_000, 1_000_000].map(resamplesFor)).toEqual([1000, 1000, 400, 200]);
  });
});
