import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binTable } from '../../../src/ml/learners/tree/bins.js';
import { createRandom } from '../../../src/ml/random.js';
import { nextBelow, shortestBetween } from '../../../src/ml/learners/tree/growing.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('shortestBetween', () => {
  it.each([
    [10.64, 10.81, 10.7],
    [1, 2, 1.5],
    [1.5, 2.5, 2],
    [-3, 4, 0],
    [0.1234, 0.1239, 0.1236],
    [99.96, 103, 101],
    [-0.25, -0.125, -0.2],
    [-Number.MIN_VALUE, 0, -Number.MIN_VALUE],
  ])('between %d and %d is %d', (lo, hi, expected) => {
    expect(shortestBetween(lo, hi)).toBe(expected);
  });

  it('separates any two numbers, down to neighbours', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        fc.pre(a !== b && !(a === 0 && b === 0));
        const [lo, hi] = a < b ? [a, b] : [b, a];
        const threshold = shortestBetween(lo, hi);
        expect(lo <= threshold && threshold < hi).toBe(true);
        const neighbour = shortestBetween(nextBelow(hi), hi);
        expect(nextBelow(hi) <= neighbour && neighbour < hi).toBe(true);
      }),
    );
  });

  it('refuses values that no threshold separates', () => {
    expect(() => shortestBetween(1, 1)).toThrow(RangeError);
    expect(() => shortestBetween(1, Infinity)).toThrow(RangeError);
  });
});

describe('nextBelow', () => {
  it('has no double between itself and its argument', () => {
    expect(nextBelow(1)).toBe(1 - Number.EPSILON / 2);
    expect(nextBelow(0)).toBe(-Number.MIN_VALUE);
    fc.assert(
      fc.property(finite, (v) => {
        const below = nextBelow(v);
        const middle = v / 2 + below / 2;
        expect(below < v).toBe(true);
        expect(Math.abs(v) < 1e-300 || middle === v || middle === below).toBe(true);
      }),
    );
  });
});

describe('binTable', () => {
  it('keeps up to 255 distinct values apart, with labels in the lowest bit', () => {
    const labels = Uint8Array.of(0, 1, 1, 0, 1);
    const { cells, features } = binTable([Float64Array.of(3, 1, 2, 1, 3)], labels);
    expect(cells[0]).toEqual(Uint16Array.of(4, 1, 3, 0, 5));
    expect(features[0]).toEqual({ low: Float64Array.of(1, 2, 3), high: Float64Array.of(1, 2, 3) });
  });

  it.each([
    ['uniform', (u: number) => u],
    ['skewed', (u: number) => Math.exp(40 * u)],
    ['huge', (u: number) => (u - 0.5) * Number.MAX_VALUE * 2],
    ['half zero', (u: number) => Math.max(0, u - 0.5)],
  ])('orders levels as values, none empty: %s', (_, shape) => {
    const random = createRandom(1);
    const column = Float64Array.from({ length: 100_000 }, () => shape(random.float()));
    const { cells, features } = binTable([column], new Uint8Array(column.length));
    const { low, high } = features[0]!;
    expect(low.length).toBeLessThanOrEqual(255);
    expect(low.length).toBeGreaterThan(100);
    for (let level = 0; level < low.length; level++) {
      expect(low[level]! <= high[level]!).toBe(true);
      if (level > 0) expect(high[level - 1]! < low[level]!).toBe(true);
    }
    const outside = column.filter((v, i) => v < low[cells[0]![i]! >> 1]! || v > high[cells[0]![i]! >> 1]!);
    expect(outside.length).toBe(0);
  });
});
