import { describe, expect, it, vi } from 'vitest';
import { toDataFrame, profileTable } from '../../../src/data/danfo.js';
import type { Table } from '../../../src/ml/table.js';

const TABLE: Table = {
  columns: [
    Float64Array.of(4, 1, NaN, 2, 3, 5, 6, 7, 8, 9, 10),
    Float64Array.of(8, 2, 7, 4, 6, 10, 12, 14, 16, 18, 20),
    new Float64Array(11).fill(1),
  ],
  labels: Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
};
const NAMES = ['x', 'y', 'z'];

describe('profileTable', () => {
  it('gives the statistics worked by hand, each of at least five values', () => {
    const profile = profileTable(TABLE, NAMES);
    expect(profile).toMatchObject({ totalRows: 11, rows: 11, labels: { negative: 5, positive: 6 } });
    // x without its missing value: 1 to 10, sum of squares about 5.5 is 82.5; the lower five have mean 3, the upper 8.
    expect(profile.features[0]).toEqual({
      name: 'x',
      count: 10,
      missing: 1,
      mean: 5.5,
      std: expect.closeTo(Math.sqrt(82.5 / 9), 12) as number,
      low: 3,
      q1: 3,
      median: 5.5,
      q3: 8,
      high: 8,
      // negatives 1 2 5 7 9, positives 3 4 6 8 10
      classMeans: { negative: 4.8, positive: 6.2 },
    });
    // y: 2 4 6 7 8, 10 12 14 16 18 20
    expect(profile.features[1]).toMatchObject({
      count: 11,
      missing: 0,
      low: 5.4,
      q1: 5.4,
      median: 15,
      q3: 15,
      high: 15,
    });
    expect(profile.features[2]).toMatchObject({ mean: 1, std: 0, low: 1, high: 1 });
  });

  it('correlates over the rows that have both; a constant goes with nothing', () => {
    const { correlation } = profileTable(TABLE, NAMES);
    expect(correlation[0]![1]).toBeCloseTo(1, 12);
    expect(correlation).toEqual([
      [1, correlation[0]![1], null],
      [correlation[0]![1], 1, null],
      [null, null, null],
    ]);
    // Deviations -2 -1 0 1 2 and -2 0 -1 1 2: covariance 9, squares 10 and 10.
    const columns = [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(1, 3, 2, 4, 5)];
    const half = { columns, labels: Uint8Array.of(0, 0, 1, 1, 1) };
    expect(profileTable(half, ['a', 'b']).correlation[0]![1]).toBeCloseTo(0.9, 12);
  });

  it('tells nothing of fewer than five values, nor a mean that one of so few follows from', () => {
    const rows = (count: number) => new Float64Array(9).map((_, row) => (row < count ? row * row : NaN));
    const table = { columns: [rows(4), rows(9), rows(8)], labels: Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0) };
    const { features, correlation } = profileTable(table, ['few', 'nine', 'eight']);
    expect(features[0]).toEqual({
      ...{ name: 'few', count: 4, missing: 5, mean: null, std: null, low: null, q1: null, median: null, q3: null },
      ...{ high: null, classMeans: { negative: null, positive: null } },
    });
    expect(features[1]).toMatchObject({ count: 9, classMeans: { negative: null, positive: null } });
    expect(features[1]!.mean).toBeCloseTo(204 / 9, 12);
    expect(correlation[0]).toEqual([null, null, null]);
    expect(correlation[1]![2]).toBeCloseTo(1, 12);
  });

  it('copes with one class, no value and no rows, and survives JSON', () => {
    const five = Float64Array.of(NaN, 5, 5, 5, 5, 5);
    const odd = { columns: [five, new Float64Array(6).fill(NaN)], labels: new Uint8Array(6).fill(1) };
    const profile = profileTable(odd, ['five', 'none']);
    expect(profile.features[0]).toMatchObject({
      ...{ count: 5, missing: 1, mean: 5, std: 0, q1: 5 },
      classMeans: { negative: null, positive: 5 },
    });
    expect(profile.features[1]).toMatchObject({ count: 0, missing: 6, mean: null, median: null, high: null });
    const empty = profileTable({ columns: [new Float64Array()], labels: new Uint8Array() }, ['x']);
    expect(empty).toMatchObject({ rows: 0, labels: { positiveShare: null }, correlation: [[null]] });
    for (const document of [profile, empty]) expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('looks at evenly spaced rows of a large table', () => {
    const rows = 25_000;
    const large = { columns: [Float64Array.from({ length: rows }, (_, row) => row)], labels: new Uint8Array(rows) };
    const profile = profileTable(large, ['x']);
    expect(profile).toMatchObject({ totalRows: rows, rows: 10_000 });
    expect(profile.features[0]).toMatchObject({ count: 10_000, low: (2 + 5 + 7 + 10) / 5, high: 24_992.2 });
    expect(profileTable(large, ['x'])).toEqual(profile);
  });

  it('says nothing on the console', () => {
    const spies = (['log', 'warn', 'info', 'error'] as const).map((name) => vi.spyOn(console, name));
    profileTable(TABLE, NAMES);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('toDataFrame', () => {
  it('has a column per name and the label', () => {
    const frame = toDataFrame(TABLE, NAMES);
    expect(frame.columns).toEqual(['x', 'y', 'z', 'label']);
    expect(frame.shape).toEqual([11, 4]);
    expect(frame.column('z').mean()).toBe(1);
    expect(frame.column('x').count()).toBe(10);
  });

  it('refuses another number of names', () => {
    expect(() => toDataFrame(TABLE, ['x'])).toThrow('The table has 3 columns, but 1 names were given.');
  });
});
