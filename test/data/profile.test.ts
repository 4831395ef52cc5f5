import { describe, expect, it, vi } from 'vitest';
import { toDataFrame } from '../../src/data/frame.js';
import { profileTable } from '../../src/data/profile.js';
import type { Table } from '../../src/ml/table.js';

const TABLE: Table = {
  columns: [Float64Array.of(4, 1, NaN, 2, 3), Float64Array.of(8, 2, 7, 4, 6), Float64Array.of(1, 1, 1, 1, 1)],
  labels: Uint8Array.of(1, 0, 1, 0, 1),
};
const NAMES = ['x', 'y', 'z'];

describe('profileTable', () => {
  it('gives the statistics worked by hand', () => {
    const profile = profileTable(TABLE, NAMES);
    expect(profile).toMatchObject({ totalRows: 5, rows: 5, labels: { negative: 2, positive: 3, positiveShare: 0.6 } });
    // x without its missing value: 1 2 3 4, sum of squares about 2.5 is 5.
    expect(profile.features[0]).toEqual({
      name: 'x',
      count: 4,
      missing: 1,
      mean: 2.5,
      std: expect.closeTo(Math.sqrt(5 / 3), 12) as number,
      min: 1,
      q1: 1.75,
      median: 2.5,
      q3: 3.25,
      max: 4,
      classMeans: { negative: 1.5, positive: 3.5 },
    });
    // y: 2 4 6 7 8, mean 5.4, squares 11.56 + 1.96 + 0.36 + 2.56 + 6.76 = 23.2.
    expect(profile.features[1]).toMatchObject({
      count: 5,
      missing: 0,
      mean: 5.4,
      min: 2,
      q1: 4,
      median: 6,
      q3: 7,
      max: 8,
    });
    expect(profile.features[1]!.std).toBeCloseTo(Math.sqrt(5.8), 12);
    expect(profile.features[1]!.classMeans).toEqual({ negative: 3, positive: 7 });
    expect(profile.features[2]).toMatchObject({ mean: 1, std: 0, min: 1, max: 1 });
  });

  it('correlates over the rows that have both; a constant goes with nothing', () => {
    const { correlation } = profileTable(TABLE, NAMES);
    expect(correlation[0]![1]).toBeCloseTo(1, 12);
    expect(correlation).toEqual([
      [1, correlation[0]![1], null],
      [correlation[0]![1], 1, null],
      [null, null, null],
    ]);
    // (1,1) (2,3) (3,2): covariance 1, squares 2 and 2.
    const half = { columns: [Float64Array.of(1, 2, 3), Float64Array.of(1, 3, 2)], labels: Uint8Array.of(0, 0, 1) };
    expect(profileTable(half, ['a', 'b']).correlation[0]![1]).toBeCloseTo(0.5, 12);
  });

  it('copes with one class, one value, none and no rows, and survives JSON', () => {
    const odd = { columns: [Float64Array.of(NaN, 5), Float64Array.of(NaN, NaN)], labels: Uint8Array.of(1, 1) };
    const profile = profileTable(odd, ['one', 'none']);
    expect(profile.features[0]).toMatchObject({
      count: 1,
      mean: 5,
      std: null,
      q1: 5,
      classMeans: { negative: null, positive: 5 },
    });
    expect(profile.features[1]).toMatchObject({ count: 0, missing: 2, mean: null, median: null, max: null });
    const empty = profileTable({ columns: [new Float64Array()], labels: new Uint8Array() }, ['x']);
    expect(empty).toMatchObject({ rows: 0, labels: { positiveShare: null }, correlation: [[null]] });
    for (const document of [profile, empty]) expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('looks at evenly spaced rows of a large table', () => {
    const rows = 25_000;
    const large = { columns: [Float64Array.from({ length: rows }, (_, row) => row)], labels: new Uint8Array(rows) };
    const profile = profileTable(large, ['x']);
    expect(profile).toMatchObject({ totalRows: rows, rows: 10_000 });
    expect(profile.features[0]).toMatchObject({ count: 10_000, min: 0, max: 24_997 });
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
    expect(frame.shape).toEqual([5, 4]);
    expect(frame.column('y').mean()).toBe(5.4);
    expect(frame.column('x').count()).toBe(4);
  });

  it('refuses another number of names', () => {
    expect(() => toDataFrame(TABLE, ['x'])).toThrow('The table has 3 columns, but 1 names were given.');
  });
});
