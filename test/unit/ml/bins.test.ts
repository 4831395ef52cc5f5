import { describe, expect, it } from 'vitest';
import { binTable } from '../../../src/ml/learners/tree/growing.js';
import { createRandom } from '../../../src/ml/random.js';

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
