import { describe, expect, it } from 'vitest';
import type { Estimate, MetricTable } from '../../src/contracts/metrics.js';
import type { ChampionComparison } from '../../src/contracts/results.js';
import { judgeChampion, judgeMinimums } from '../../src/ml/gate.js';

const measured = (rocAuc: Estimate) => ({ rocAuc }) as MetricTable;

describe('gate minimums', () => {
  it.each([
    [0.85, true],
    [0.9, true],
    [0.9001, false],
  ])('a measured 0.9 against %f', (limit, passed) => {
    const [check] = judgeMinimums({ rocAuc: limit }, measured({ value: 0.9, low: 0.8, high: 0.95 }));
    expect(check).toEqual({ rule: `rocAuc at least ${limit}`, passed, found: '0.900 (0.800 to 0.950)' });
  });

  it('an undefined metric does not pass', () => {
    const [check] = judgeMinimums({ rocAuc: 0 }, measured({ value: null, low: null, high: null }));
    expect(check).toMatchObject({ passed: false, found: 'undefined' });
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
