import { describe, expect, it } from 'vitest';
import type { VersionComparison } from '../../../../src/contracts/results.js';
import { verdictOf } from '../../../../src/report/format.js';
import { METRIC_NAMES } from '../../../../src/contracts/vocabulary.js';
import { compareEstimates, compareModels, type ModelScores } from '../../../../src/ml/evaluation/compare.js';
import { metricValues } from '../../../../src/ml/evaluation/metrics.js';
import { createRandom } from '../../../../src/ml/random.js';

function noisyScores(n: number, seed: number, noise: number) {
  const random = createRandom(seed);
  const labels = new Uint8Array(n).map((_, i) => (i % 3 === 0 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => (label + noise * random.float()) / (1 + noise));
  return { scores, labels };
}

const at = (threshold: number, scores: Float64Array): ModelScores => ({ scores, threshold });

describe('compareModels', () => {
  const good = noisyScores(200, 1, 1.2);
  const poor = noisyScores(200, 2, 6);
  const compare = (a: ModelScores, b: ModelScores, confidence = 0.9, seed = 1): VersionComparison =>
    compareModels({ a, b, labels: good.labels, confidence, seed });

  it('agrees with four rows worked by hand', () => {
    // A is right throughout. B swaps the second and third row: 3 of 4 pairs in order, half of the rows right.
    const { rows, positives, metrics } = compareModels({
      a: at(0.5, Float64Array.of(0.9, 0.8, 0.2, 0.1)),
      b: at(0.5, Float64Array.of(0.9, 0.4, 0.6, 0.1)),
      labels: Uint8Array.of(1, 1, 0, 0),
      confidence: 0.8,
      seed: 1,
    });
    expect([rows, positives]).toEqual([4, 2]);
    expect(metrics.rocAuc).toMatchObject({ a: 1, b: 0.75, difference: { value: 0.25 } });
    // Rows that B gets wrong in a draw are binomial, 4 times 1/2: the tenth and ninetieth percentile are 1 and 3.
    expect(metrics.accuracy).toEqual({ a: 1, b: 0.5, difference: { value: 0.5, low: 0.25, high: 0.75 } });
    // Squared errors .01 .04 .04 .01 and .01 .36 .36 .01; less is better, so A's smaller one is a gain.
    expect(metrics.brier.a).toBeCloseTo(0.025, 12);
    expect(metrics.brier.b).toBeCloseTo(0.185, 12);
    expect(metrics.brier.difference?.value).toBeCloseTo(0.16, 12);
    expect(metrics.precision).toMatchObject({ a: 1, b: 0.5 });
  });

  it('measures each model at its own threshold', () => {
    const found = compare(at(0.45, good.scores), at(0.7, poor.scores));
    const [a, b] = [metricValues(good.scores, good.labels, 0.45), metricValues(poor.scores, good.labels, 0.7)];
    for (const metric of METRIC_NAMES)
      expect(found.metrics[metric]).toMatchObject({ a: a.values[metric], b: b.values[metric] });
  });

  it('turned round, is its mirror image', () => {
    const there = compare(at(0.5, good.scores), at(0.6, poor.scores));
    const back = compare(at(0.6, poor.scores), at(0.5, good.scores));
    for (const metric of METRIC_NAMES) {
      const [forth, turned] = [there.metrics[metric], back.metrics[metric]];
      expect([turned.a, turned.b]).toEqual([forth.b, forth.a]);
      expect(turned.difference?.value).toBeCloseTo(-forth.difference!.value, 12);
      expect(turned.difference?.low).toBeCloseTo(-forth.difference!.high, 12);
      expect(turned.difference?.high).toBeCloseTo(-forth.difference!.low, 12);
    }
  });

  it('is positive where the first is better, in losses too', () => {
    const { metrics } = compare(at(0.5, good.scores), at(0.5, poor.scores));
    for (const metric of ['rocAuc', 'brier', 'logLoss'] as const) {
      const { low, value, high } = metrics[metric].difference!;
      expect(low).toBeGreaterThan(0);
      expect(high).toBeGreaterThan(value);
      expect(verdictOf({ low, value, high })).toBe('better');
    }
  });

  it('is paired: a model does not differ from itself, nor in rank from a monotone change of itself', () => {
    const same = compare(at(0.5, poor.scores), at(0.5, poor.scores));
    for (const metric of METRIC_NAMES) expect(same.metrics[metric].difference).toEqual({ value: 0, low: 0, high: 0 });
    const bent = compare(
      at(
        0.25,
        poor.scores.map((score) => score / 2),
      ),
      at(0.5, poor.scores),
    );
    expect(bent.metrics.rocAuc.difference).toEqual({ value: 0, low: 0, high: 0 });
    expect(bent.metrics.brier.difference!.low).not.toBe(0);
    expect(verdictOf(same.metrics.rocAuc.difference!)).toBe('no clear difference');
  });

  it('depends on seed and confidence alone', () => {
    const [a, b] = [at(0.5, good.scores), at(0.5, poor.scores)];
    expect(compare(a, b)).toEqual(compare(a, b));
    expect(compare(a, b, 0.9, 2)).not.toEqual(compare(a, b));
    const [wide, narrow] = [0.95, 0.5].map((level) => compare(a, b, level).metrics.recall.difference!);
    expect(wide!.high - wide!.low).toBeGreaterThan(narrow!.high - narrow!.low);
  });

  it('is null where a metric is undefined for either', () => {
    const [a, b] = [at(0.5, good.scores), at(2, good.scores)];
    const { precision, recall } = compare(a, b).metrics;
    expect(precision).toMatchObject({ b: null, difference: null });
    expect(recall).toMatchObject({ b: 0, difference: { value: recall.a } });
    const none = compareModels({ a, b, labels: new Uint8Array(200), confidence: 0.9, seed: 1 });
    expect(none.metrics.rocAuc).toEqual({ a: null, b: null, difference: null });
    expect(none.metrics.accuracy.difference).not.toBeNull();
  });
});

describe('compareEstimates', () => {
  const estimate = (value: number, error: number, quantile: number) => ({
    value,
    low: value - quantile * error,
    high: value + quantile * error,
  });
  const candidate = { estimate: estimate(0.9, 0.03, 1.959964), confidence: 0.95 };
  const champion = { estimate: estimate(0.85, 0.04, 1.6448536), confidence: 0.9 };

  it('adds variances: errors 0.03 and 0.04 make 0.05', () => {
    const difference = compareEstimates({ metric: 'rocAuc', candidate, champion, confidence: 0.9 })!;
    expect(difference.value).toBeCloseTo(0.05, 12);
    expect(difference.low).toBeCloseTo(0.05 - 1.6448536 * 0.05, 6);
    expect(difference.high).toBeCloseTo(0.05 + 1.6448536 * 0.05, 6);
    expect(compareEstimates({ metric: 'brier', candidate, champion, confidence: 0.9 })!.value).toBeCloseTo(-0.05);
  });

  it('is not made surer by a clipped bound, and is null without an interval', () => {
    const input = { metric: 'rocAuc', champion, confidence: 0.9 } as const;
    const changed = (part: object) => ({ ...candidate, estimate: { ...candidate.estimate, ...part } });
    const difference = compareEstimates({ ...input, candidate });
    expect(compareEstimates({ ...input, candidate: changed({ high: 0.91 }) })!.low).toBeCloseTo(difference!.low, 12);
    expect(compareEstimates({ ...input, candidate: changed({ low: null }) })).toBeNull();
  });
});
