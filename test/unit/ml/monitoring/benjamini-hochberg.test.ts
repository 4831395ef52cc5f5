import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../../../src/monitoring/error-control.js';

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe('Benjamini-Hochberg', () => {
  it.each([
    [
      [0.01, 0.04, 0.03, 0.2, 0.005, 1, 0, 0.03],
      [0.08 / 3, 0.16 / 3, 0.048, 1.6 / 7, 0.02, 1, 0, 0.048],
    ],
    [
      [0.0459513, 0.05403214, 0.9, 0.000123, 0.0123, 0.5, 0.5],
      [0.094556245, 0.094556245, 0.9, 0.000861, 0.04305, 0.5833333333333334, 0.5833333333333334],
    ],
    [[0.3], [0.3]],
    [[], []],
  ])('%j is adjusted as scipy.stats.false_discovery_control does', (pValues, expected) => {
    const adjusted = benjaminiHochberg(pValues);
    expect(adjusted).toHaveLength(expected.length);
    adjusted.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 12));
  });

  it('rejects the same questions as the step-up rule: the k smallest, k the last rank with p(k) <= k q / m', () => {
    fc.assert(
      fc.property(probabilities, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (pValues, level) => {
        const sorted = [...pValues].sort((a, b) => a - b);
        const last = sorted.findLastIndex((p, i) => p * (sorted.length / (i + 1)) <= level);
        const rejected = benjaminiHochberg(pValues).map((p) => p <= level);
        expect(rejected).toEqual(pValues.map((p) => last >= 0 && p <= sorted[last]!));
      }),
    );
  });

  it('keeps the order of p-values, and never lowers one', () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const adjusted = benjaminiHochberg(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          pValues.forEach((q, j) => {
            if (p <= q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
  });
});
