import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEWEST_SHARING } from '../../../src/contracts/limits.js';
import { microaggregated, microaggregatedEach, sharedBins } from '../../../src/ml/microaggregate.js';

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -1e300, max: 1e300, noNaN: true }));
const values = fc.array(value, { minLength: 1, maxLength: 60 }).map((list) => Float64Array.from(list).sort());

/** Rows by what they are told as. */
const groupsOf = (reported: Float64Array): number[] => {
  const rows = new Map<number, number>();
  for (const each of reported) rows.set(each, (rows.get(each) ?? 0) + 1);
  return [...rows.values()];
};

describe('microaggregated', () => {
  it('gives neighbours their mean, five at a time, worked by hand', () => {
    const sorted = Float64Array.of(1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22);
    expect([...microaggregated(sorted)]).toEqual([...Array<number>(5).fill(4), ...Array<number>(7).fill(113 / 7)]);
    expect([...microaggregated(Float64Array.of(1, 2, 6))]).toEqual([3, 3, 3]);
    expect(microaggregated(new Float64Array(0))).toHaveLength(0);
  });

  it('keeps what five rows share, and equal values together', () => {
    const sorted = Float64Array.of(0, 0, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
    expect(microaggregated(sorted)).toEqual(sorted);
    const tied = Float64Array.of(1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10);
    expect(new Set(microaggregated(tied)).size).toBe(2);
    expect(microaggregated(tied)[6]).toBe(microaggregated(tied)[0]);
  });

  it('tells of at least five rows at a time, in their order and within their bounds', () => {
    fc.assert(
      fc.property(values, (sorted) => {
        const reported = microaggregated(sorted);
        expect(Math.min(...groupsOf(reported))).toBeGreaterThanOrEqual(Math.min(FEWEST_SHARING, sorted.length));
        expect(reported.every((each, i) => i === 0 || each >= reported[i - 1]!)).toBe(true);
        expect(reported.every((each) => each >= sorted[0]! && each <= sorted.at(-1)!)).toBe(true);
      }),
    );
  });

  it('of each in any order is that of its value', () => {
    fc.assert(
      fc.property(
        values.chain((sorted) =>
          fc.tuple(fc.constant(sorted), fc.shuffledSubarray([...sorted.keys()], { minLength: sorted.length })),
        ),
        ([sorted, order]) => {
          const reported = microaggregated(sorted);
          const moved = microaggregatedEach(Float64Array.from(order, (i) => sorted[i]!));
          expect(moved).toEqual(Float64Array.from(order, (i) => reported[i]!));
        },
      ),
    );
  });
});

describe('sharedBins', () => {
  it.each([
    [
      [10, 0, 3],
      [13 / 3, 13 / 3, 13 / 3],
    ],
    [
      [1, 4, 0, 7],
      [2.5, 2.5, 0, 7],
    ],
    [
      [5, 0, 0, 2, 3],
      [5, 0, 0, 2.5, 2.5],
    ],
    [
      [1, 1, 1],
      [1, 1, 1],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [6, 2, 9],
      [6, 5.5, 5.5],
    ],
  ])('of %j are %j', (counts, reported) => {
    expect([...sharedBins(Float64Array.from(counts))]).toEqual(reported);
  });

  it('keep the rows, and no stretch of one height tells of one to four of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }), (counts) => {
        const reported = sharedBins(Float64Array.from(counts));
        const rows = counts.reduce((sum, count) => sum + count, 0);
        expect(reported.reduce((sum, height) => sum + height, 0)).toBeCloseTo(rows, 9);
        if (rows < FEWEST_SHARING) return;
        for (let start = 0; start < reported.length;) {
          let end = start;
          while (end < reported.length && reported[end] === reported[start]) end++;
          const here = reported[start]! * (end - start);
          expect(here === 0 || here > FEWEST_SHARING - 1e-9).toBe(true);
          start = end;
        }
      }),
    );
  });
});
