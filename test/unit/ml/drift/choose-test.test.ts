import { describe, expect, it } from 'vitest';
import type { DriftTestName } from '../../../../src/contracts/drift.js';
import { chooseTest, judgeTest } from '../../../../src/ml/drift/choose-test.js';

describe("Evidently's choice of a test", () => {
  it.each<[kind: 'numeric' | 'categorical', referenceRows: number, distinct: number, name: DriftTestName]>([
    ['numeric', 1000, 6, 'ks'],
    ['numeric', 1000, 5, 'chi-square'],
    ['numeric', 1000, 3, 'chi-square'],
    ['numeric', 1000, 2, 'z'],
    ['numeric', 1, 1, 'z'],
    ['numeric', 1001, 6, 'wasserstein'],
    ['numeric', 1001, 5, 'jensen-shannon'],
    ['numeric', 1001, 1, 'jensen-shannon'],
    ['categorical', 1000, 6, 'chi-square'],
    ['categorical', 1000, 2, 'z'],
    ['categorical', 1001, 6, 'jensen-shannon'],
    ['categorical', 1001, 2, 'jensen-shannon'],
  ])('%s, %d rows of reference, %d values: %s', (kind, referenceRows, distinct, name) =>
    expect(chooseTest({ kind, referenceRows, distinct })).toBe(name),
  );

  it('counts a p-value of 0.05 as drift for K-S alone, and a distance of 0.1 for all', () => {
    const drifted = (name: DriftTestName, value: number) => judgeTest(name, value).drifted;
    expect(drifted('ks', 0.05)).toBe(true);
    expect(drifted('chi-square', 0.05)).toBe(false);
    expect(drifted('z', 0.05)).toBe(false);
    expect(drifted('z', 0.049)).toBe(true);
    expect((['wasserstein', 'jensen-shannon', 'psi'] as const).map((name) => drifted(name, 0.1))).toEqual([
      true,
      true,
      true,
    ]);
    expect(drifted('wasserstein', 0.099)).toBe(false);
  });
});
