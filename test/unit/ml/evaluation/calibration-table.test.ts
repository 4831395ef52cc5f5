import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationError, calibrationTable } from '../../../../src/ml/evaluation/calibration.js';

describe('calibrationTable', () => {
  it('puts scores into the bins of scikit-learn, edges below', () => {
    const scores = Float64Array.of(0.05, 0.1, 0.12, 0.3, 0.95, 1, 0);
    const labels = Uint8Array.of(0, 1, 0, 1, 1, 1, 0);
    // calibration_curve(labels, scores, n_bins=10) of scikit-learn 1.9.1
    expect(calibrationTable(scores, labels)).toEqual([
      { meanScore: 0.05000000000000001, positiveShare: 1 / 3, rows: 3 },
      { meanScore: 0.12, positiveShare: 0, rows: 1 },
      { meanScore: 0.3, positiveShare: 1, rows: 1 },
      { meanScore: 0.975, positiveShare: 1, rows: 2 },
    ]);
  });

  it('has a row for every score, whatever they are', () => {
    const row = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), label: fc.constantFrom(0, 1) });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const table = calibrationTable(
          Float64Array.from(rows, ({ score }) => score),
          Uint8Array.from(rows, ({ label }) => label),
        );
        expect(table.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length);
        const positives = table.reduce((sum, bin) => sum + bin.rows * bin.positiveShare, 0);
        expect(positives).toBeCloseTo(rows.filter(({ label }) => label === 1).length, 6);
        expect(table.every(({ meanScore }, i) => i === 0 || meanScore > table[i - 1]!.meanScore)).toBe(true);
      }),
    );
  });
});

describe('calibrationError', () => {
  it('is the mean gap over rows', () => {
    const table = [
      { meanScore: 0.1, positiveShare: 0.2, rows: 30 },
      { meanScore: 0.9, positiveShare: 0.6, rows: 10 },
    ];
    expect(calibrationError(table)).toBeCloseTo((30 * 0.1 + 10 * 0.3) / 40, 12);
  });

  it('is unknown without rows', () => {
    expect(calibrationError([])).toBeNull();
    expect(calibrationTable(new Float64Array(0), new Uint8Array(0))).toEqual([]);
  });
});
