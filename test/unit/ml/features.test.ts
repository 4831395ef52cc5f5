import { describe, expect, it } from 'vitest';
import { fitFeatures, imputedColumns } from '../../../src/ml/features.js';
import { allRows, feature } from './samples.js';

const table = { columns: [Float64Array.of(1, NaN, 4, 7, 100)], labels: Uint8Array.of(0, 1, 0, 1, 1) };
const rows = Int32Array.of(0, 1, 2, 3);

describe('fitFeatures', () => {
  it('imputes by the mean of the rows given, and no others', () => {
    const [fitted] = fitFeatures([feature('x', 'mean')], table, rows);
    // present 1, 4, 7: mean 4; filled 1, 4, 4, 7: mean 4, variance (9 + 9) / 4
    expect(fitted).toMatchObject({ name: 'x', imputation: 4, mean: 4, scale: Math.sqrt(4.5) });
  });

  it.each([
    ['odd', [0, 0, 9, 3, 1, 2, 100], (0 + 1 + 2 + 3 + 9) / 5],
    ['even', [-50, 0, 0, 9, 3, 1, 2, 100], (0 + 0 + 1 + 2 + 3 + 9) / 6],
    ['few', [0, 0, 9, 3], 3],
  ])('imputes by a median of at least five values before it takes mean and scale: %s', (_, present, middle) => {
    const skewed = { columns: [Float64Array.of(...present, NaN)], labels: new Uint8Array(present.length + 1) };
    const [fitted] = fitFeatures([feature('x', 'median')], skewed, allRows(present.length + 1));
    expect(fitted!.imputation).toBeCloseTo(middle, 12);
    const filled = [...present, middle];
    const mean = filled.reduce((sum, value) => sum + value, 0) / filled.length;
    expect(fitted!.mean).toBeCloseTo(mean, 12);
    const squares = filled.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(fitted!.scale).toBeCloseTo(Math.sqrt(squares / filled.length), 12);
  });

  it('does not impute a required feature, and fails on one without values; others count as constant then', () => {
    const [fitted] = fitFeatures([feature('x')], table, Int32Array.of(0, 2));
    expect(fitted!.imputation).toBeNull();
    expect(() => fitFeatures([feature('x')], table, Int32Array.of(1))).toThrow(
      expect.objectContaining({ type: 'DataContract' }),
    );
    const ferritin = { ...feature('ferritin', 'median'), range: [5, 2005] as [number, number] };
    const [unknown] = fitFeatures([ferritin], table, Int32Array.of(1));
    expect(unknown).toMatchObject({ imputation: 5, mean: 5, scale: 2000 });
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
