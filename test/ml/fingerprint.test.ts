import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, featureFingerprints, fingerprintOf, sortedFingerprints } from '../../src/ml/fingerprint.js';
import { createRandom } from '../../src/ml/random.js';
import { allRows, syntheticTable } from './samples.js';

const print = (values: number[], label = 0) =>
  fingerprintOf({ columns: values.map((value) => Float64Array.of(value)), labels: Uint8Array.of(label) }, 0);

describe('fingerprintOf', () => {
  it('is pinned: stored fingerprints stay comparable', () => {
    expect(print([43.2555, 30.8421, 25.9025], 1)).toMatchInlineSnapshot(`4074649596578079`);
  });

  it('takes all NaN for one and 0 for -0', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0]!;
    expect(print([odd, 0])).toBe(print([NaN, -0]));
    expect(print([NaN])).not.toBe(print([0]));
  });

  it('tells apart values, their column and the label', () => {
    const prints = [
      print([1, 2]),
      print([2, 1]),
      print([1, 2], 1),
      print([1, 2 + 2 ** -50]),
      print([1]),
      print([-1, 2]),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('belongs to the row, not to its place', () => {
    const { columns, labels } = syntheticTable(50, 3, 1);
    fc.assert(
      fc.property(fc.shuffledSubarray([...allRows(50)], { minLength: 1 }), (rows) => {
        const moved = {
          columns: columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
          labels: Uint8Array.from(rows, (row) => labels[row]!),
        };
        const all = sortedFingerprints({ columns, labels }, Int32Array.from(rows));
        expect(sortedFingerprints(moved, allRows(rows.length))).toEqual(all);
        expect(fingerprintOf(moved, 0)).toBe(fingerprintOf({ columns, labels }, rows[0]!));
      }),
    );
  });

  it('ignores the label where only features count', () => {
    const columns = [Float64Array.of(1, 1, 2)];
    const [first, second, third] = featureFingerprints(columns, allRows(3));
    expect(first).toBe(second);
    expect(first).not.toBe(third);
    expect(first).not.toBe(print([1]));
  });

  it('gives 100,000 rows of near values 100,000 exact integers, evenly spread', () => {
    const column = Float64Array.from({ length: 100_000 }, (_, i) => i / 100);
    const prints = featureFingerprints([column], allRows(100_000));
    expect(new Set(prints).size).toBe(100_000);
    expect(prints.every((p) => Number.isSafeInteger(p) && p >= 0)).toBe(true);
    expect(prints.reduce((sum, p) => sum + p / 2 ** 53, 0) / 100_000).toBeCloseTo(0.5, 2);
  });
});

describe('contains', () => {
  it('finds the rows that were learnt from, and no others', () => {
    const table = syntheticTable(1000, 3, 5);
    const random = createRandom(1);
    const learnt = allRows(1000).filter(() => random.float() < 0.5);
    const sorted = sortedFingerprints(table, learnt);
    const known = new Set(learnt);
    allRows(1000).forEach((row) => expect(contains(sorted, fingerprintOf(table, row))).toBe(known.has(row)));
    expect(contains(new Float64Array(0), 1)).toBe(false);
  });
});
