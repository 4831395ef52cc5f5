import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../src/contracts/values.js';
import type { Performance } from '../../../src/contracts/monitoring.js';
import { bootstrapIntervals } from '../../../src/ml/evaluation/intervals.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { judgePerformance, measurePerformance } from '../../../src/monitoring/performance.js';
import { createRandom } from '../../../src/ml/random.js';
import { POLICY, windowTo } from './entries.js';

const window = windowTo(168, 168);
const policy = POLICY.performance;
const REFERENCE: Estimate = { value: 0.9, low: 0.85, high: 0.95 };

function labelled(rows: number, seed: number, threshold = 0.5) {
  const random = createRandom(seed);
  const scores = Float64Array.from({ length: rows }, () => random.float());
  const labels = Uint8Array.from(scores, (score) => (random.float() < score ? 1 : 0));
  return { scores, labels, predictions: Uint8Array.from(scores, (score) => (score >= threshold ? 1 : 0)) };
}

describe('measured performance', () => {
  it('is that of scores and of the decisions as they were made', () => {
    const rows = labelled(500, 1, 0.7);
    const { values } = metricValues(rows.scores, rows.labels, 0.7);
    const measured = measurePerformance(rows, { seed: 1 });
    expect(measured.metrics.rocAuc.value).toBeCloseTo(values.rocAuc!, 12);
    expect(measured.metrics.brier.value).toBeCloseTo(values.brier!, 12);
    expect(measured.metrics.accuracy.value).toBeCloseTo(values.accuracy!, 12);
    expect(measured.metrics.recall.value).toBeCloseTo(values.recall!, 12);
    expect(measured).toMatchObject({ rows: 500, positives: rows.labels.reduce((sum, label) => sum + label, 0) });
  });

  it('has the stratified bootstrap intervals of level 90 %', () => {
    const rows = labelled(200, 2, 0.5);
    const { metrics } = measurePerformance(rows, { seed: 7 });
    const expected = bootstrapIntervals({
      scores: rows.scores,
      labels: rows.labels,
      threshold: 0.5,
      confidence: 0.9,
      seed: 7,
    });
    expect(metrics.rocAuc).toEqual(expected.rocAuc);
    expect(metrics.brier).toEqual(expected.brier);
    for (const metric of ['accuracy', 'recall'] as const) {
      expect(metrics[metric].low).toBeLessThan(metrics[metric].value!);
      expect(metrics[metric].high).toBeGreaterThan(metrics[metric].value!);
      expect(metrics[metric].low).toBeCloseTo(expected[metric].low!, 1);
      expect(metrics[metric].high).toBeCloseTo(expected[metric].high!, 1);
    }
  });

  it('has a calibration table and its error', () => {
    const scores = new Float64Array(12).map((_, i) => (i < 6 ? 0.05 : 0.95));
    const labels = new Uint8Array(12).map((_, i) => (i < 3 ? 0 : 1));
    const predictions = new Uint8Array(12).map((_, i) => (i < 6 ? 0 : 1));
    const measured = measurePerformance({ scores, labels, predictions }, { seed: 1 });
    expect(measured.calibration).toEqual([
      { meanScore: expect.closeTo(0.05, 12) as number, positiveShare: 0.5, rows: 6 },
      { meanScore: expect.closeTo(0.95, 12) as number, positiveShare: 1, rows: 6 },
    ]);
    expect(measured.calibrationError).toBeCloseTo(0.25, 12);
  });

  it('has no bin of the table that tells of one to four rows; its error is of all bins', () => {
    const scores = Float64Array.of(0.05, 0.15, 0.25, 0.35, 0.45, 0.95);
    const labels = Uint8Array.of(0, 0, 0, 0, 0, 1);
    const measured = measurePerformance({ scores, labels, predictions: labels }, { seed: 1 });
    expect(measured.calibration).toHaveLength(1);
    expect(measured.calibration[0]).toMatchObject({ rows: 6 });
    expect(measured.calibrationError).toBeCloseTo((0.05 + 0.15 + 0.25 + 0.35 + 0.45 + 0.05) / 6, 12);
  });

  it('is undefined without rows, and where a class is missing', () => {
    const none = { scores: new Float64Array(), labels: new Uint8Array(), predictions: new Uint8Array() };
    expect(measurePerformance(none, { seed: 1 })).toMatchObject({
      rows: 0,
      metrics: { rocAuc: { value: null }, accuracy: { value: null }, brier: { value: null } },
      calibrationError: null,
    });
    const negative = { scores: Float64Array.of(0.2), labels: Uint8Array.of(0), predictions: Uint8Array.of(0) };
    expect(measurePerformance(negative, { seed: 1 }).metrics).toMatchObject({
      rocAuc: { value: null, low: null, high: null },
      accuracy: { value: 1 },
    });
  });
});

describe('judgement of performance', () => {
  const measured = (rocAuc: Estimate, positives = 50, rows = 200): Performance => ({
    rows,
    positives,
    metrics: { rocAuc, accuracy: rocAuc, recall: rocAuc, brier: rocAuc },
    calibrationError: 0.1,
    calibration: [],
  });
  const judge = (performance: Performance | null, reference = REFERENCE) =>
    judgePerformance({ performance, estimated: null, unmatchedLabels: 0, policy, reference, window });

  it.each([
    // 0.8 - 0.9 is -0.1; sqrt(h^2 + 0.05^2) reaches 0.05, the rest up to the allowed loss, only with h = 0.
    [
      'kept: below the limit, but not with what is uncertain at training',
      { value: 0.8, low: 0.7, high: 0.849 },
      'kept',
    ],
    ['lost: with a certain value', { value: 0.799, low: 0.799, high: 0.799 }, 'lost'],
    ['lost: by more than both are uncertain', { value: 0.7, low: 0.6, high: 0.841 }, 'lost'],
    ['kept: by not more than both are uncertain', { value: 0.7, low: 0.6, high: 0.842 }, 'kept'],
    ['kept: better than before', { value: 0.99, low: 0.98, high: 1 }, 'kept'],
  ])('%s', (_, rocAuc, state) => {
    expect(judge(measured(rocAuc))).toMatchObject({ state, metric: 'rocAuc', reference: 0.9, window });
  });

  it('says so with numbers', () => {
    expect(judge(measured({ value: 0.7, low: 0.6, high: 0.82 })).found).toBe(
      'ROC AUC is 0.700 (0.600 to 0.820) on 200 labelled predictions, -0.200 against 0.900 at training, at most -0.070 as both are uncertain; more than the allowed loss of 0.05.',
    );
    expect(judge(measured(REFERENCE)).found).toContain('that is not surely more than the allowed loss of 0.05');
  });

  it('takes a reference without an interval for certain', () => {
    const certain = { value: 0.9, low: null, high: null };
    expect(judge(measured({ value: 0.8, low: 0.7, high: 0.849 }), certain).state).toBe('lost');
  });

  it.each([
    [19, 200],
    [181, 200],
  ])('%i positives of %i labels are too few of a class', (positives, rows) => {
    const finding = judge(measured({ value: 0.1, low: 0.05, high: 0.2 }, positives, rows));
    expect(finding.state).toBe('insufficient');
    expect(finding.found).toContain('19');
  });

  it('without a reference nothing can be lost', () => {
    const finding = judge(measured({ value: 0.1, low: 0, high: 0.2 }), { value: null, low: null, high: null });
    expect(finding).toMatchObject({ state: 'insufficient', reference: null });
  });

  it('without labels tells what scores promise, and judges nothing', () => {
    const estimated = { rows: 300, metrics: { rocAuc: 0.5, accuracy: null, recall: null } };
    const finding = judgePerformance({
      ...{ performance: null, estimated, unmatchedLabels: 0, policy, reference: REFERENCE, window },
    });
    expect(finding).toMatchObject({ state: 'none', measured: null, estimated });
    expect(finding.found).toContain('ROC AUC 0.500 (0.900 at training)');
    expect(judge(null).found).toBe('No label of the window is known.');
    const strange = { performance: null, estimated: null, unmatchedLabels: 60, policy, reference: REFERENCE, window };
    expect(judgePerformance(strange).found).toBe(
      'None of the 60 labels on file is of a prediction of this version in the window.',
    );
    expect(judge({ ...measured(REFERENCE), rows: 0, positives: 0 })).toMatchObject({ state: 'none', measured: null });
  });
});
