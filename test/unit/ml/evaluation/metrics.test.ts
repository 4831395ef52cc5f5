import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES } from '../../../../src/contracts/vocabulary.js';
import { metricValues } from '../../../../src/ml/evaluation/metrics.js';

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 60 })
  .map((rows) => ({
    scores: Float64Array.from(rows, ([score]) => score / 20),
    labels: Uint8Array.from(rows, ([, label]) => label),
  }));

describe('metricValues', () => {
  it('agrees with scikit-learn, ties included', () => {
    // scikit-learn 1.9.1: roc_auc_score, average_precision_score, brier_score_loss, log_loss of these two lists
    const scores = Float64Array.of(0.1, 0.4, 0.4, 0.35, 0.8, 0.8, 0.65, 0.2, 0.9, 0.5);
    const labels = Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 0, 1, 1);
    const { values } = metricValues(scores, labels, 0.5);
    expect(values.rocAuc).toBeCloseTo(0.84, 12);
    expect(values.averagePrecision).toBeCloseTo(0.7861904761904762, 12);
    expect(values.brier).toBeCloseTo(0.1755, 12);
    expect(values.logLoss).toBeCloseTo(0.5248275414763172, 12);
  });

  it('counts at the threshold, which is itself positive', () => {
    const scores = Float64Array.of(0.6, 0.9, 0.7, 0.2, 0.6, 0.1, 0.1);
    const labels = Uint8Array.of(1, 1, 0, 1, 0, 0, 0);
    const { values, confusion } = metricValues(scores, labels, 0.6);
    expect(confusion).toEqual({ truePositives: 2, falsePositives: 2, trueNegatives: 2, falseNegatives: 1 });
    expect(values).toMatchObject({ accuracy: 4 / 7, precision: 1 / 2, specificity: 1 / 2, recall: 2 / 3, f1: 4 / 7 });
    expect(values.balancedAccuracy).toBeCloseTo(7 / 12, 12);
  });

  it('is null, not NaN, where a metric is undefined', () => {
    const negative = metricValues(Float64Array.of(0.1, 0.2), Uint8Array.of(0, 0), 0.5).values;
    expect(negative).toMatchObject({ rocAuc: null, averagePrecision: null, recall: null, precision: null, f1: null });
    expect(negative).toMatchObject({ balancedAccuracy: null, accuracy: 1, specificity: 1 });
    const positive = metricValues(Float64Array.of(0.1, 0.2), Uint8Array.of(1, 1), 0.5).values;
    expect(positive).toMatchObject({ rocAuc: null, specificity: null, precision: null, recall: 0, f1: 0 });
    const none = metricValues(new Float64Array(0), new Uint8Array(0), 0.5).values;
    expect(METRIC_NAMES.map((metric) => none[metric])).toEqual(METRIC_NAMES.map(() => null));
  });

  it('keeps the logarithmic loss of a certain mistake finite', () => {
    const { values } = metricValues(Float64Array.of(0, 1), Uint8Array.of(1, 0), 0.5);
    expect(values.logLoss).toBeCloseTo(52 * Math.LN2, 9);
    expect(values.brier).toBe(1);
  });

  it('has an AUC equal to the share of pairs put in order, which no monotone change moves', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        let wins = 0;
        let pairs = 0;
        scores.forEach((a, i) =>
          scores.forEach((b, j) => {
            if (labels[i] !== 1 || labels[j] !== 0) return;
            pairs++;
            wins += a > b ? 1 : a === b ? 0.5 : 0;
          }),
        );
        const { rocAuc, averagePrecision } = metricValues(scores, labels, 0.5).values;
        if (pairs === 0) expect(rocAuc).toBeNull();
        else expect(rocAuc).toBeCloseTo(wins / pairs, 12);
        const bent = metricValues(
          scores.map((s) => s ** 3 / 2),
          labels,
          0.5,
        ).values;
        expect(bent.rocAuc).toBe(rocAuc);
        expect(bent.averagePrecision).toBe(averagePrecision);
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        expect(metricValues(scores.slice().reverse(), labels.slice().reverse(), 0.3)).toEqual(
          metricValues(scores, labels, 0.3),
        );
      }),
    );
  });
});
