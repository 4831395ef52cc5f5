import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstAtLeast, nextBelow, percentile, shortestBetween } from '../../../src/ml/sorted.js';

describe('firstAtLeast', () => {
  it('is the first position whose number is not less, the end where all are', () => {
    const ascending = Float64Array.of(1, 2, 2, 4);
    expect([0, 1, 2, 3, 4, 5].map((value) => firstAtLeast(ascending, value))).toEqual([0, 0, 1, 3, 3, 4]);
    expect(firstAtLeast(new Float64Array(0), 1)).toBe(0);
  });
});

describe('percentile', () => {
  it('lies on the line between neighbours', () => {
    expect([0, 0.5, 0.75, 1].map((share) => percentile(Float64Array.of(1, 2, 4), share))).toEqual([1, 2, 3, 4]);
    expect(percentile(Float64Array.of(7), 0.3)).toBe(7);
  });
});

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
