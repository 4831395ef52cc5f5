import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numericReference } from '../../../../../src/ml/drift/build-reference.js';
import { cellsOf, countWindow } from '../../../../../src/ml/drift/cells.js';
import { ksP, ksStatistic } from '../../../../../src/ml/drift/statistics/kolmogorov-smirnov.js';
import { smirnovTail } from '../../../../../src/ml/drift/tails.js';
import { ksTwoSample, normals, numbers } from '../samples.js';

describe('two-sample Kolmogorov-Smirnov test', () => {
  it('of samples apart: 2 of the C(n + m, n) orders are as extreme', () => {
    expect(ksTwoSample(numbers(1, 2), numbers(3, 4))).toEqual({ statistic: 1, p: 2 / 6 });
    const { statistic, p } = ksTwoSample(numbers(1, 2, 3), numbers(4, 5, 6));
    expect(statistic).toBe(1);
    expect(p).toBeCloseTo(2 / 20, 15);
  });

  it('of overlapping samples: F(5) = 1 and G(5) = 3/6', () => {
    const { statistic, p } = ksTwoSample(numbers(1, 2, 3, 4, 5), numbers(3, 4, 5, 6, 7, 8));
    expect(statistic).toBe(0.5);
    expect(p).toBeCloseTo(5 / 14, 14);
  });

  it('lets ties count at once', () => {
    const { statistic, p } = ksTwoSample(numbers(1, 1, 2, 2, 3), numbers(2, 2, 3, 3, 3));
    expect(statistic).toBeCloseTo(0.4, 15);
    // scipy 1.17
    expect(p).toBeCloseTo(0.873015873015873, 14);
  });

  it('is sure of equal samples', () => {
    expect(ksTwoSample(numbers(1, 1, 2), numbers(1, 1, 2))).toEqual({ statistic: 0, p: 1 });
  });

  it('takes the limit where the larger sample has more than 10,000 rows', () => {
    const reference = new Float64Array(300).map((_, i) => i);
    const current = new Float64Array(20_000).map((_, i) => (i * 300) / 20_000 + 6.5);
    const { statistic, p } = ksTwoSample(reference, current);
    // scipy 1.17
    expect(statistic).toBeCloseTo(0.024983333333333357, 14);
    expect(p).toBeCloseTo(0.9905243297047946, 10);
    expect(ksP(0.05, 1000, 10_000, 'asymptotic')).toBeCloseTo(ksP(0.05, 1000, 10_000), 2);
    expect(ksP(0.05, 1000, 10_000, 'asymptotic')).not.toBe(ksP(0.05, 1000, 10_000));
  });

  it('counts lattice paths as going through all of them does', () => {
    const bruteForce = (n: number, m: number, d: number): number => {
      let paths = 0;
      let reaching = 0;
      const walk = (x: number, y: number, reached: boolean): void => {
        const now = reached || Math.abs(x / n - y / m) >= d - 1e-12;
        if (x === n && y === m) {
          paths++;
          if (now) reaching++;
        }
        if (x < n) walk(x + 1, y, now);
        if (y < m) walk(x, y + 1, now);
      };
      walk(0, 0, false);
      return reaching / paths;
    };
    for (const [n, m] of [
      [3, 5],
      [4, 4],
      [6, 3],
      [1, 7],
    ] as const) {
      for (let d = 1; d <= n * m; d++) {
        const statistic = d / (n * m);
        // Statistics are multiples of 1/lcm.
        if (Number.isInteger((d * lcm(n, m)) / (n * m))) {
          expect(smirnovTail(n, m, statistic)).toBeCloseTo(bruteForce(n, m, statistic), 12);
        }
      }
    }
  });

  it('finds the same statistic from counts by region, for windows in any order', () => {
    const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -6, max: 6, noNaN: true }));
    const sample = fc.array(value, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const cells = cellsOf(numericReference('x', Float64Array.from(a)));
        const merged = ksTwoSample(Float64Array.from(a).sort(), Float64Array.from(b).sort());
        expect(ksStatistic(cells, countWindow(cells, Float64Array.from(b)))).toBeCloseTo(merged.statistic, 12);
      }),
    );
  });

  it('misses at most the share of a cell against a sketch', () => {
    const reference = normals(1, 50_000);
    const current = normals(2, 3000, 0.03);
    const cells = cellsOf(numericReference('x', reference));
    const exact = ksTwoSample(reference.slice().sort(), current.slice().sort()).statistic;
    const sketched = ksStatistic(cells, countWindow(cells, current));
    expect(sketched).toBeLessThanOrEqual(exact + 1e-12);
    expect(exact - sketched).toBeLessThan(1 / 8192 + 1e-12);
  });
});

function lcm(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}
