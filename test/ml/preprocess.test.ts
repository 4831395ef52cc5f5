import { describe, expect, it } from 'vitest';
import { fitFeatures, imputedColumns } from '../../src/ml/preprocess.js';
import { allRows, feature } from './samples.js';

const table = { columns: [Float64Array.of(1, NaN, 4, 7, 100)], labels: Uint8Array.of(0, 1, 0, 1, 1) };
const rows = Int32Array.of(0, 1, 2, 3);

describe('fitFeatures', () => {
  it('imputes by the mean of the rows given, and no others', () => {
    const [fitted] = fitFeatures([feature('x', 'mean')], table, rows);
    // present 1, 4, 7: mean 4; filled 1, 4, 4, 7: mean 4, variance (9 + 9) / 4
    expect(fitted).toMatchObject({ name: 'x', imputation: 4, mean: 4, scale: Math.sqrt(4.5) });
  });

  it('imputes by the median before it takes mean and scale', () => {
    const skewed = { columns: [Float64Array.of(0, 0, 9, 3, NaN)], labels: table.labels };
    const [fitted] = fitFeatures([feature('x', 'median')], skewed, allRows(5));
    // sorted 0 0 3 9: median 1.5; filled sum 13.5: mean 2.7
    expect(fitted!.imputation).toBe(1.5);
    expect(fitted!.mean).toBeCloseTo(2.7, 12);
    expect(fitted!.scale).toBeCloseTo(Math.sqrt((2 * 2.7 ** 2 + 6.3 ** 2 + 0.3 ** 2 + 1.2 ** 2) / 5), 12);
  });

  it('does not impute a required feature, and fails on one without values', () => {
    const [fitted] = fitFeatures([feature('x')], table, Int32Array.of(0, 2));
    expect(fitted!.imputation).toBeNull();
    expect(() => fitFeatures([feature('x', 'mean')], table, Int32Array.of(1))).toThrow(
      expect.objectContaining({ type: 'DataContract' }),
    );
  });

  it('scales a constant feature by 1, exactly centred', () => {
    const constant = { columns: [new Float64Array(10).fill(0.1)], labels: new Uint8Array(10) };
    expect(fitFeatures([feature('x')], constant, allRows(10))[0]).toMatchObject({ mean: 0.1, scale: 1 });
  });
});

describe('imputedColumns', () => {
  it('fills missing values and refuses to guess', () => {
    const features = fitFeatures([feature('x', 'mean')], table, rows);
    expect(imputedColumns(table, rows, features)).toEqual([Float64Array.of(1, 4, 4, 7)]);
    const required = fitFeatures([feature('x')], table, Int32Array.of(0, 2));
    expect(() => imputedColumns(table, rows, required)).toThrow(/feature x is missing/);
  });
});
