import { describe, expect, it } from 'vitest';
import { chiSquareFit, chiSquareHomogeneity } from '../../../../src/ml/drift/statistics/chi-square.js';
import { chiSquareTail, erfc, kolmogorovTail, normalTails } from '../../../../src/ml/drift/tails.js';

/** Relative difference to a value of scipy 1.17. */
const off = (ours: number, scipy: number): number => Math.abs(ours / scipy - 1);

describe('erfc', () => {
  it.each([
    [0.1, 0.8875370839817152],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028516],
    [2, 0.004677734981047266],
    [3, 2.2090496998585445e-5],
    [5, 1.5374597944280347e-12],
    [10, 2.0884875837625446e-45],
    [26, 5.663192408856145e-296],
  ])('of %d', (x, scipy) => expect(off(erfc(x), scipy)).toBeLessThan(1e-12));

  it('is 1 at 0 and twice the tail of the normal distribution', () => {
    expect(erfc(0)).toBe(1);
    expect(normalTails(-1.959963984540054)).toBeCloseTo(0.05, 14);
    expect(normalTails(Infinity)).toBe(0);
  });
});

describe('chi-square', () => {
  it.each([
    [3.841458820694124, 1, 0.05],
    [5.991464547107979, 2, 0.05],
    [10, 4, 0.04042768199451279],
    [0.5, 3, 0.9188914116546758],
    [60, 5, 1.2154569777183007e-11],
    [300, 2, 7.175095973164448e-66],
  ])('tail of %d with %d degrees of freedom', (x, k, scipy) =>
    expect(off(chiSquareTail(x, k), scipy)).toBeLessThan(1e-12),
  );

  it('fits current counts to the shares of the reference', () => {
    // 100/30 + 0 + 100/40 = 5.8333 with two degrees of freedom: e^-2.91667.
    expect(chiSquareFit([30, 30, 40], [20, 30, 50])).toBeCloseTo(Math.exp(-35 / 12), 14);
    // Evidently scales the reference to the window: the same shares from ten times the rows.
    expect(chiSquareFit([300, 300, 400], [20, 30, 50])).toBeCloseTo(Math.exp(-35 / 12), 14);
    expect(chiSquareFit([5, 5, 0], [5, 4, 1])).toBe(0);
  });

  it('of homogeneity takes both samples as random', () => {
    // 2 (25/25 + 0 + 25/45) = 3.1111: e^-1.55556.
    expect(chiSquareHomogeneity([30, 30, 40], [20, 30, 50])).toBeCloseTo(Math.exp(-14 / 9), 14);
  });
});

describe('distribution of the one-sample Kolmogorov-Smirnov statistic', () => {
  it.each([
    ['matrix', 10, 0.3, 0.27053557479999946],
    ['matrix', 100, 0.15, 0.019839242125643017],
    ['one-sided', 100, 0.25, 5.408871776434847e-6],
    ['expansion', 500, 0.04, 0.3902508696049749],
    ['expansion', 1000, 0.03, 0.3226902143914636],
    ['one-sided', 1000, 0.05, 0.013012074781090332],
    ['one-sided', 1000, 0.1, 3.703687096817711e-9],
    ['expansion', 500_000, 0.0014, 0.28066967968828693],
  ])('by %s, %d rows, d = %d', (_, n, d, scipy) => expect(off(kolmogorovTail(n, d), scipy)).toBeLessThan(1e-6));

  it('ends where a statistic cannot be smaller or greater', () => {
    expect(kolmogorovTail(20, 0.025)).toBe(1);
    expect(kolmogorovTail(20, 1)).toBe(0);
    // One row: D is uniform on [1/2, 1].
    expect(kolmogorovTail(1, 0.75)).toBeCloseTo(0.5, 14);
  });

  it('meets itself where one way of computing hands over to another', () => {
    const below = (n: number, square: number) => kolmogorovTail(n, Math.sqrt(square / n) * (1 - 1e-9));
    const above = (n: number, square: number) => kolmogorovTail(n, Math.sqrt(square / n) * (1 + 1e-9));
    for (const [n, square] of [
      [140, 4],
      [141, 2.2],
      [5000, 2.2],
      [100_000, 2.2],
    ] as const) {
      expect(off(above(n, square), below(n, square))).toBeLessThan(1e-4);
    }
  });
});
