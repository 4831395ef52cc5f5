import { describe, expect, it } from 'vitest';
import { DRIFT_TEST_NAMES, type DriftTestName } from '../../../../src/contracts/vocabulary.js';
import { chooseTest, DRIFT_STATISTICS, judgeTest } from '../../../../src/ml/drift/statistics/index.js';

describe("Evidently's choice of a test", () => {
  it.each<[kind: 'numbers' | 'categories', referenceRows: number, distinct: number, name: DriftTestName]>([
    ['numbers', 1000, 6, 'ks'],
    ['categories', 1000, 5, 'chi-square'],
    ['categories', 1000, 3, 'chi-square'],
    ['categories', 1000, 2, 'z'],
    ['categories', 1, 1, 'z'],
    ['numbers', 1001, 6, 'wasserstein'],
    ['categories', 1001, 5, 'jensen-shannon'],
    ['categories', 1001, 2, 'jensen-shannon'],
    ['categories', 1001, 1, 'jensen-shannon'],
  ])('%s, %d rows of reference, %d values: %s', (kind, referenceRows, distinct, name) => {
    expect(chooseTest(kind, { referenceRows, distinct }).name).toBe(name);
    const all = Object.values(DRIFT_STATISTICS);
    expect(all.filter((statistic) => statistic[kind]?.isDefaultFor({ referenceRows, distinct }))).toHaveLength(1);
  });

  it('has every name that documents know, under that name', () =>
    expect(Object.values(DRIFT_STATISTICS).map(({ name }) => name)).toEqual(DRIFT_TEST_NAMES));

  it('counts a p-value of 0.05 as drift for K-S alone, and a distance of 0.1 for all', () => {
    const drifted = (name: DriftTestName, value: number) => judgeTest(DRIFT_STATISTICS[name], value).drifted;
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
