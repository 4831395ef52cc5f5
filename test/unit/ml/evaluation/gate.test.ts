import { describe, expect, it } from 'vitest';
import type { Estimate, MetricTable } from '../../../../src/contracts/values.js';
import type { ChampionComparison } from '../../../../src/contracts/results.js';
import { candidateWarnings, gateWarnings, judgeChampion, judgeMinimums } from '../../../../src/ml/evaluation/gate.js';

const measured = (rocAuc: Estimate) => ({ rocAuc }) as MetricTable;

describe('gate minimums', () => {
  it.each([
    [0.85, true],
    [0.9, true],
    [0.9001, false],
  ])('a measured 0.9 against %f', (limit, passed) => {
    const [check] = judgeMinimums(
      { minimum: { rocAuc: limit }, aboveChance: false },
      measured({ value: 0.9, low: 0.8, high: 0.95 }),
    );
    expect(check).toEqual({ rule: `rocAuc at least ${limit}`, passed, found: '0.900 (0.800 to 0.950)' });
  });

  it('an undefined metric does not pass', () => {
    const [check] = judgeMinimums(
      { minimum: { rocAuc: 0 }, aboveChance: false },
      measured({ value: null, low: null, high: null }),
    );
    expect(check).toMatchObject({ passed: false, found: 'undefined' });
  });
});

describe('above chance', () => {
  it.each([
    ['noise', { value: 0.45, low: 0.3, high: 0.6 }, false],
    ['what may be noise', { value: 0.6, low: 0.5, high: 0.7 }, false],
    ['more than chance', { value: 0.6, low: 0.501, high: 0.7 }, true],
    ['no interval', { value: 0.9, low: null, high: null }, false],
    ['no value', { value: null, low: null, high: null }, false],
  ])('without any minimum: %s', (_, rocAuc, passed) => {
    const checks = judgeMinimums({ minimum: {}, aboveChance: true }, measured(rocAuc));
    expect(checks).toMatchObject([{ rule: 'rocAuc above chance (0.5) with its whole interval', passed }]);
    expect(judgeMinimums({ minimum: {}, aboveChance: false }, measured(rocAuc))).toEqual([]);
  });
});

describe('what makes a model misleading', () => {
  const row = (rocAuc: Estimate, counts: [number, number, number, number], without: string | null = null) => ({
    ...{ candidate: 'cart', without, metrics: measured(rocAuc), rows: counts.reduce((a, b) => a + b), folds: 5 },
    confusion: {
      ...{ truePositives: counts[0], falsePositives: counts[1] },
      ...{ trueNegatives: counts[2], falseNegatives: counts[3] },
    },
  });
  const good = { value: 0.9, low: 0.8, high: 1 };
  const messages = (...of: Parameters<typeof row>) => candidateWarnings(row(...of)).map(({ message }) => message);

  it('is said of its row: below chance, maybe chance, one class for all', () => {
    expect(messages(good, [20, 5, 50, 5])).toEqual([]);
    expect(messages({ value: 0.45, low: 0.3, high: 0.6 }, [20, 5, 50, 5])).toEqual([
      'cart has a ROC AUC of 0.450 (0.300 to 0.600), below the 0.5 of guessing: it learned nothing, or the labels are swapped.',
    ]);
    expect(messages({ value: 0.6, low: 0.4, high: 0.8 }, [20, 5, 50, 5])).toEqual([
      'cart has a ROC AUC of 0.600 (0.400 to 0.800), which guessing (0.5) may reach too.',
    ]);
    expect(messages(good, [0, 0, 50, 25])).toEqual(['cart calls no row positive at its decision threshold.']);
    expect(messages(good, [25, 50, 0, 0])).toEqual(['cart calls every row positive at its decision threshold.']);
    expect(messages({ value: 0.45, low: 0.3, high: 0.6 }, [20, 5, 50, 5], 'hb')).toEqual([]);
  });

  it('is said of a gate that few rows decide, or that asks nothing', () => {
    const few = row(good, [15, 5, 50, 4]) as unknown as Parameters<typeof gateWarnings>[1];
    const enough = row(good, [15, 5, 50, 5]) as unknown as Parameters<typeof gateWarnings>[1];
    const check = { rule: '', passed: true, found: '' };
    expect(gateWarnings([check], few)).toMatchObject([
      { code: 'few-rows-for-gate', message: expect.stringContaining('74 rows with 19 of the smaller class') as string },
    ]);
    expect(gateWarnings([check], enough)).toEqual([]);
    expect(gateWarnings([], enough)).toMatchObject([{ code: 'gate-without-checks' }]);
  });
});

describe('against the champion', () => {
  const comparison = (value: number, low: number, high: number, confidence = 0.9): ChampionComparison => ({
    version: 3,
    metric: 'rocAuc',
    basis: 'holdout',
    rows: 200,
    confidence,
    difference: { value, low, high },
    onCommonRows: null,
  });
  const rules = (championRule: 'not-worse' | 'better', championMargin: number) => ({ championRule, championMargin });

  it.each([
    ['clearly better', comparison(0.05, 0.02, 0.08), 0, true],
    ['not clearly worse', comparison(-0.02, -0.05, 0.01), 0, true],
    ['clearly worse', comparison(-0.04, -0.06, -0.01), 0, false],
    ['clearly worse, within a tolerated loss', comparison(-0.04, -0.06, -0.01), -0.02, true],
    ['beyond a tolerated loss', comparison(-0.04, -0.06, -0.03), -0.02, false],
    ['never so much better as is asked', comparison(0.02, 0.01, 0.03), 0.05, false],
  ])('not worse: %s', (_, difference, margin, passed) => {
    const check = judgeChampion(3, difference, rules('not-worse', margin));
    expect(check.passed).toBe(passed);
    expect(check.rule).toBe(`rocAuc not worse than version 3 (margin ${margin}, 90 % confidence)`);
    expect(check.found).toContain('on 200 common hold-out rows');
  });

  it.each([
    ['clearly better', comparison(0.05, 0.02, 0.08), 0, true],
    ['better, but not clearly', comparison(0.02, -0.01, 0.05), 0, false],
    ['clearly better by as much as is asked', comparison(0.05, 0.02, 0.08), 0.02, true],
    ['better by as much, but not clearly', comparison(0.05, 0.01, 0.09), 0.02, false],
    ['surely no more than a little worse, as is asked', comparison(-0.01, -0.02, 0), -0.02, true],
  ])('better: %s', (_, difference, margin, passed) => {
    const check = judgeChampion(3, difference, rules('better', margin));
    expect(check.passed).toBe(passed);
    expect(check.rule).toBe(`rocAuc better than version 3 by at least ${margin} (90 % confidence)`);
  });

  it('says how sure it is', () => {
    const check = judgeChampion(3, comparison(0.05, 0.02, 0.08, 0.995), rules('better', 0.01));
    expect(check.rule).toContain('(99.5 % confidence)');
    expect(check.found).toBe('+0.050 (+0.020 to +0.080) on 200 common hold-out rows');
  });

  it.each(['not-worse', 'better'] as const)('%s: does not pass when the two could not be compared', (rule) => {
    const check = judgeChampion(3, null, rules(rule, -1));
    expect(check).toMatchObject({ rule: 'compared with version 3', passed: false });
  });
});
