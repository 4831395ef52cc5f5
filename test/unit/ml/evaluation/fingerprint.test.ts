import { describe, expect, it } from 'vitest';
import { featureFingerprints } from '../../../../src/ml/evaluation/equal-rows.js';
import { allRows } from '../samples.js';

describe('featureFingerprints', () => {
  it('takes all NaN for one and 0 for -0, and tells apart what differs in one bit', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0]!;
    const column = Float64Array.of(odd, NaN, 0, -0, 2, 2 + 2 ** -50);
    const prints = featureFingerprints([column, new Float64Array(6)], allRows(6));
    expect(prints[0]).toBe(prints[1]);
    expect(prints[2]).toBe(prints[3]);
    expect(new Set(prints).size).toBe(4);
  });

  it('gives 100,000 rows of near values 100,000 exact integers, evenly spread', () => {
    const column = Float64Array.from({ length: 100_000 }, (_, i) => i / 100);
    const prints = featureFingerprints([column], allRows(100_000));
    expect(new Set(prints).size).toBe(100_000);
    expect(prints.every((p) => Number.isSafeInteger(p) && p >= 0)).toBe(true);
    expect(prints.reduce((sum, p) => sum + p / 2 ** 53, 0) / 100_000).toBeCloseTo(0.5, 2);
  });
});
