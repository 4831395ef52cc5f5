import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedFolds, stratifiedSample, stratifiedSplit } from '../../../../src/ml/evaluation/split.js';
import { allRows } from '../samples.js';

const labelsArbitrary = fc
  .array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 200 })
  .map((l) => Uint8Array.from(l));
const countOf = (labels: Uint8Array, rows: Iterable<number>, label: number) =>
  [...rows].filter((row) => labels[row] === label).length;

describe('stratifiedSplit', () => {
  it('holds out the rounded share of each class', () => {
    const labels = Uint8Array.from({ length: 104 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const roles = stratifiedSplit(labels, 0.2, 1);
    const held = allRows(104).filter((row) => roles[row] === 1);
    expect([countOf(labels, held, 0), countOf(labels, held, 1)]).toEqual([16, 5]); // 78 and 26 times 0.2
    expect(stratifiedSplit(labels, 0.2, 1)).toEqual(roles);
    expect(stratifiedSplit(labels, 0.2, 2)).not.toEqual(roles);
  });

  it('keeps a row of every class on both sides when there are two', () => {
    fc.assert(
      fc.property(labelsArbitrary, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (labels, fraction) => {
        const roles = stratifiedSplit(labels, fraction, 5);
        for (const label of [0, 1]) {
          const all = countOf(labels, allRows(labels.length), label);
          const held = countOf(
            labels,
            allRows(labels.length).filter((row) => roles[row] === 1),
            label,
          );
          expect(Math.abs(held - all * fraction)).toBeLessThanOrEqual(1);
          if (all >= 2) expect(held > 0 && held < all).toBe(true);
        }
      }),
    );
  });

  it('holds nothing out at 0', () => {
    expect(stratifiedSplit(Uint8Array.of(0, 1, 0, 1), 0, 1)).toEqual(new Uint8Array(4));
  });
});

describe('stratifiedFolds', () => {
  it('gives folds whose sizes differ by at most one, per class and in total', () => {
    fc.assert(
      fc.property(labelsArbitrary, fc.integer({ min: 2, max: 10 }), fc.integer(), (labels, folds, seed) => {
        const rows = allRows(labels.length).filter((row) => row % 3 !== 0);
        const assigned = stratifiedFolds(labels, rows, folds, seed);
        const sizes = (keep: (label: number) => boolean) =>
          Array.from(
            { length: folds },
            (_, f) => rows.filter((row, i) => assigned[i] === f && keep(labels[row]!)).length,
          );
        for (const counts of [sizes((l) => l === 0), sizes((l) => l === 1), sizes(() => true)]) {
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        expect(sizes(() => true).reduce((a, b) => a + b)).toBe(rows.length);
      }),
    );
  });
});

describe('stratifiedSample', () => {
  it('keeps class shares, draws no row twice and sorts', () => {
    const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i < 100 ? 1 : 0));
    const rows = allRows(1000).reverse();
    const sample = stratifiedSample(labels, rows, 200, 9);
    expect(countOf(labels, sample, 1)).toBe(20);
    expect(new Set(sample).size).toBe(200);
    expect(sample).toEqual(sample.slice().sort());
    expect(stratifiedSample(labels, rows, 200, 9)).toEqual(sample);
    expect(stratifiedSample(labels, rows, 1000, 9)).toEqual(allRows(1000));
  });

  it('loses no class', () => {
    const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i === 500 ? 1 : 0));
    expect(stratifiedSample(labels, allRows(1000), 10, 1)).toContain(500);
    expect(
      countOf(
        labels.map((l) => 1 - l),
        stratifiedSample(
          labels.map((l) => 1 - l),
          allRows(1000),
          10,
          1,
        ),
        0,
      ),
    ).toBe(1);
  });
});
