import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numericReference } from '../../../../src/ml/drift/build-reference.js';
import { cellsOf, countWindow } from '../../../../src/ml/drift/cells.js';
import { jensenShannonDistance } from '../../../../src/ml/drift/statistics/jensen-shannon.js';
import { numericStabilityIndex, stabilityIndex, sturgesEdges } from '../../../../src/ml/drift/statistics/psi.js';
import { normedWasserstein, wassersteinDistance } from '../../../../src/ml/drift/statistics/wasserstein.js';
import { normals, numbers } from './samples.js';

function distanceOf(reference: Float64Array, current: Float64Array): number {
  const cells = cellsOf(numericReference('x', reference));
  return wassersteinDistance(cells, countWindow(cells, current), current);
}

/** The definition: integral of |F - G| between all neighbouring values. */
function byDefinition(reference: Float64Array, current: Float64Array): number {
  const all = Float64Array.from([...reference, ...current]).sort();
  const below = (values: Float64Array, x: number) => values.filter((value) => value <= x).length / values.length;
  return all.reduce(
    (sum, x, i) =>
      i === 0 ? 0 : sum + Math.abs(below(reference, all[i - 1]!) - below(current, all[i - 1]!)) * (x - all[i - 1]!),
    0,
  );
}

describe('Wasserstein distance', () => {
  it('is how far the rows have to go', () => {
    expect(distanceOf(numbers(0, 1, 3), numbers(5, 6, 8))).toBeCloseTo(5, 14);
    // scipy 1.17: quarters and thirds of rows.
    expect(distanceOf(numbers(0, 1, 3, 3), numbers(1, 1, 2))).toBeCloseTo(0.9166666666666666, 14);
    expect(distanceOf(numbers(2, 2), numbers(2))).toBe(0);
    expect(distanceOf(numbers(7), numbers(3))).toBe(4);
  });

  it('sees a window within a gap of the reference, on both sides of its balance', () => {
    // F = 1/2 between 0 and 100; half of the window at 25, half at 75: 25/2 + 0 + 25/2.
    expect(distanceOf(numbers(0, 100), numbers(75, 25))).toBeCloseTo(25, 13);
  });

  it('is the integral of |F - G| for any samples, NaN and infinities left out', () => {
    const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
    const sample = fc.array(value, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const expected = byDefinition(Float64Array.from(a), Float64Array.from(b));
        const found = distanceOf(Float64Array.from([...a, NaN]), Float64Array.from([NaN, ...b, Infinity]));
        expect(Math.abs(found - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }),
    );
  });

  it('of a sketch is that of all values within 1e-4 standard deviations', () => {
    for (const [rows, windowRows, shift] of [
      [20_000, 30, 0.2],
      [30_000, 30_000, 0],
      [60_000, 500, 0.05],
      [60_000, 9000, 1],
    ] as const) {
      const reference = normals(rows, rows);
      const current = normals(windowRows, windowRows, shift);
      // Against the window as an exact reference, which makes the distance exact: it has no direction.
      const exact = current.length <= 10_000 ? distanceOf(current, reference) : sortedDistance(reference, current);
      expect(Math.abs(distanceOf(reference, current) - exact)).toBeLessThan(1e-4);
    }
  });

  it('of a sketch and very many rows is as near, counting full cells as evenly spread', () => {
    const reference = normals(11, 60_000);
    const sample = normals(12, 60_000, 0.002);
    const times = 40;
    const current = new Float64Array(times * sample.length).map((_, i) => sample[i % sample.length]!);
    expect(Math.abs(distanceOf(reference, current) - sortedDistance(reference, sample))).toBeLessThan(1e-4);
  });

  it('is divided by the deviation of the reference, which counts as 0.001 at least', () => {
    expect(normedWasserstein(5, 2)).toBe(2.5);
    expect(normedWasserstein(5, 0)).toBe(5000);
  });
});

/** Of two samples with as many rows: the mean difference of their sorted values. */
function sortedDistance(a: Float64Array, b: Float64Array): number {
  const [p, q] = [a.slice().sort(), b.slice().sort()];
  return p.reduce((sum, value, i) => sum + Math.abs(value - q[i]!), 0) / p.length;
}

describe('Jensen-Shannon distance', () => {
  it('takes counts or shares', () => {
    // scipy 1.17
    expect(jensenShannonDistance([1, 0], [0.5, 0.5])).toBeCloseTo(0.464501404022459, 14);
    expect(jensenShannonDistance([36, 48, 16], [30, 50, 20])).toBeCloseTo(0.05080332175635689, 14);
  });

  it('goes from 0 for equal shares to the root of ln 2 for disjoint ones', () => {
    expect(jensenShannonDistance([1, 2, 7], [10, 20, 70])).toBe(0);
    expect(jensenShannonDistance([3, 0], [0, 5])).toBeCloseTo(Math.sqrt(Math.LN2), 14);
  });
});

describe('population stability index', () => {
  it('of shares 0.6, 0.4 against 0.36, 0.64', () => {
    const byHand = 0.24 * Math.log(0.6 / 0.36) - 0.24 * Math.log(0.4 / 0.64);
    expect(stabilityIndex([60, 40], [18, 32])).toBeCloseTo(byHand, 14);
  });

  it('fills empty bins with 0.0001', () => {
    const byHand = (0.6 - 1) * Math.log(0.6) + (0.4 - 0.0001) * Math.log(0.4 / 0.0001);
    expect(stabilityIndex([60, 40], [50, 0])).toBeCloseTo(byHand, 14);
  });

  it('bins more than 20 values by Sturges over both samples', () => {
    const edges = sturgesEdges(0, 29 / 3, 40);
    expect(edges.length).toBe(8);
    expect(edges[1]).toBeCloseTo(29 / 21, 14);
    const reference = cellsOf(
      numericReference(
        'x',
        new Float64Array(30).map((_, i) => i / 3),
      ),
    );
    const current = new Float64Array(10).map((_, i) => i + 0.5);
    // Evidently 0.7.23
    expect(numericStabilityIndex(reference, current)).toBeCloseTo(0.12296264847046452, 12);
  });

  it('counts up to 20 values one by one', () => {
    const reference = cellsOf(numericReference('x', numbers(1, 1, 1, 2, 2)));
    expect(numericStabilityIndex(reference, numbers(1, 2, NaN))).toBeCloseTo(stabilityIndex([3, 2], [1, 1]), 14);
  });
});
