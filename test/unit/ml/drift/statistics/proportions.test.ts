import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalProportions, fisherExact, twoProportionZ } from '../../../../../src/ml/drift/statistics/proportions.js';
import { rangeP } from '../../../../../src/ml/drift/compare-window.js';
import { createRandom } from '../../../../../src/ml/random.js';

describe('comparing two proportions', () => {
  it('by Z with pooled variance', () => {
    // Evidently 0.7.23
    expect(twoProportionZ({ count: 60, rows: 100 }, { count: 18, rows: 50 })).toBeCloseTo(0.005545667315244085, 14);
    expect(twoProportionZ({ count: 5, rows: 5 }, { count: 9, rows: 9 })).toBe(1);
    expect(twoProportionZ({ count: 0, rows: 5 }, { count: 0, rows: 9 })).toBe(1);
  });

  it("by Fisher's exact test", () => {
    // The lady tasting tea: (16 + 16 + 1 + 1) / 70.
    expect(fisherExact({ count: 3, rows: 4 }, { count: 1, rows: 4 })).toBeCloseTo(34 / 70, 14);
    // scipy 1.17
    expect(fisherExact({ count: 1, rows: 10 }, { count: 11, rows: 14 })).toBeCloseTo(0.0027594561852200836, 14);
    expect(fisherExact({ count: 0, rows: 80 }, { count: 3, rows: 20 })).toBeCloseTo(0.00705009276437848, 14);
  });

  it('exactly where few rows are expected, by Z where many are', () => {
    const few = [
      { count: 0, rows: 1_000_000 },
      { count: 2, rows: 20 },
    ] as const;
    // The two rows among the 20: 20 * 19 / (1,000,020 * 1,000,019).
    expect(equalProportions(...few)).toBeCloseTo(380 / (1_000_020 * 1_000_019), 18);
    const many = [
      { count: 300, rows: 1000 },
      { count: 350, rows: 1000 },
    ] as const;
    expect(equalProportions(...many)).toBe(twoProportionZ(...many));
  });

  it('is a probability, whatever the counts, and 1 for equal ones', () => {
    const proportion = fc
      .integer({ min: 1, max: 1e6 })
      .chain((rows) => fc.record({ rows: fc.constant(rows), count: fc.integer({ min: 0, max: rows }) }));
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        const p = equalProportions(a, b);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(equalProportions(a, a)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('rows out of range', () => {
  const outside = (referenceRows: number, windowRows: number, below: number, above: number) =>
    rangeP({ referenceRows, windowRows, below, above });

  it('by hand: of 8 exchangeable rows, the greatest two are both among the last 3', () => {
    expect(outside(5, 3, 0, 2)).toBeCloseTo((2 * 3 * 2) / (8 * 7), 14);
    expect(outside(5, 3, 1, 2)).toBeCloseTo((2 * 3 * 2) / (8 * 7), 14);
  });

  it('is 1 where no row is outside, and 0 where all of very many are', () => {
    expect(outside(100, 1_000_000, 0, 0)).toBe(1);
    expect(outside(1_000_000, 1_000_000, 0, 1_000_000)).toBe(0);
  });

  it('is the share of shuffles with as many rows above, and calls too often never', () => {
    const random = createRandom(7);
    const shuffles = 20_000;
    const [n, m] = [12, 8];
    const atLeast = [0, 0, 0, 0];
    const alarms = { found: 0, level: 0.1 };
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      const ranks = Int32Array.from({ length: n + m }, (_, i) => i);
      random.shuffle(ranks);
      const reference = ranks.subarray(0, n);
      const current = ranks.subarray(n);
      const above = current.filter((rank) => rank > Math.max(...reference)).length;
      const below = current.filter((rank) => rank < Math.min(...reference)).length;
      for (let k = 0; k < atLeast.length; k++) if (above >= k) atLeast[k]!++;
      if (outside(n, m, below, above) <= alarms.level) alarms.found++;
    }
    for (const [k, count] of atLeast.entries()) {
      const p = k === 0 ? 1 : outside(n, m, 0, k) / 2;
      const error = Math.sqrt((p * (1 - p)) / shuffles);
      expect(Math.abs(count / shuffles - Math.min(1, p))).toBeLessThanOrEqual(4 * error);
    }
    expect(alarms.found / shuffles).toBeLessThanOrEqual(alarms.level + 0.01);
    expect(alarms.found).toBeGreaterThan(0);
  });
});
