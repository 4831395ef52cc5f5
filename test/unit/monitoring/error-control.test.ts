import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlErrors, judgeWindow, benjaminiHochberg } from '../../../src/monitoring/judge-window.js';
import { column, hypothesis, POLICY } from './entries.js';

const policy = POLICY.drift;

describe('error control over a window', () => {
  it('adjusts over all hypotheses of all columns together', () => {
    const columns = controlErrors(
      [
        column('a', [hypothesis(0.004, 0.5), hypothesis(0.5, 0, 'missing')]),
        column('b', [hypothesis(0.02, 0.5), hypothesis(1, 0, 'range')]),
      ],
      policy,
    );
    expect(columns.map(({ hypotheses }) => hypotheses.map(({ adjustedP }) => adjustedP))).toEqual([
      [0.016, 2 / 3],
      [0.04, 1],
    ]);
    expect(columns.flatMap(({ hypotheses }) => hypotheses).some(({ drifted }) => drifted)).toBe(false);
  });

  it('takes an adjusted p at the rate and an effect at its minimum as drift, and neither alone', () => {
    const drifted = (p: number, effect: number) =>
      controlErrors([column('a', [hypothesis(p, effect)])], policy)[0]!.hypotheses[0]!.drifted;
    expect(drifted(0.01, 0.1)).toBe(true);
    expect(drifted(0.0101, 0.1)).toBe(false);
    expect(drifted(0, 0.0999)).toBe(false);
  });

  it('leaves its input as it was', () => {
    const columns = [column('a', [hypothesis(0, 1)])];
    controlErrors(columns, policy);
    expect(columns[0]!.hypotheses[0]!.drifted).toBe(false);
  });

  it('a single drifted column of many with one question each is found at the rate, not at the rate over their number twice', () => {
    const quiet = Array.from({ length: 99 }, (_, i) => column(`quiet-${i}`, [hypothesis(0.5 + i / 200, 0.2)]));
    const verdict = (p: number) =>
      judgeWindow(controlErrors([...quiet, column('loud', [hypothesis(p, 0.2)])], policy), 100, policy);
    expect(verdict(0.0001)).toMatchObject({ drift: 'drift', driftedColumns: ['loud'] });
    expect(verdict(0.00011).drift).toBe('no-drift');
  });
});

describe('verdict of a window', () => {
  const drifted = controlErrors(
    [column('a', [hypothesis(1e-6, 0.4)], true), column('b', [hypothesis(0.5, 0.01)])],
    policy,
  );

  it('too few rows are insufficient, whatever the columns say', () => {
    expect(judgeWindow(drifted, 99, policy)).toMatchObject({ drift: 'insufficient', driftedColumns: [] });
    expect(judgeWindow(drifted, 100, policy)).toMatchObject({ drift: 'drift', driftedColumns: ['a'] });
  });

  it.each([
    [[true, false], true],
    [[true, false, false], false],
    [[true, false, null], true],
    [[null, null], false],
    [[], false],
  ])('Evidently would say of columns with tests %j: %s', (tests, expected) => {
    const columns = tests.map((test, i) => column(`c${i}`, [], test));
    expect(judgeWindow(columns, 100, policy).evidentlyDrift).toBe(expected);
  });

  it('tells the largest effect of a distribution: shares have another scale', () => {
    const columns = [
      column('a', [hypothesis(1, 0.2), hypothesis(1, 0.9, 'missing')]),
      column('b', [hypothesis(1, 0.3)]),
    ];
    expect(judgeWindow(columns, 100, policy).largestEffect).toEqual({ column: 'b', value: 0.3 });
    expect(judgeWindow([column('a', [])], 0, policy).largestEffect).toBeNull();
  });
});

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe('Benjamini-Hochberg', () => {
  it.each([
    [
      [0.01, 0.04, 0.03, 0.2, 0.005, 1, 0, 0.03],
      [0.08 / 3, 0.16 / 3, 0.048, 1.6 / 7, 0.02, 1, 0, 0.048],
    ],
    [
      [0.0459513, 0.05403214, 0.9, 0.000123, 0.0123, 0.5, 0.5],
      [0.094556245, 0.094556245, 0.9, 0.000861, 0.04305, 0.5833333333333334, 0.5833333333333334],
    ],
    [[0.3], [0.3]],
    [[], []],
  ])('%j is adjusted as scipy.stats.false_discovery_control does', (pValues, expected) => {
    const adjusted = benjaminiHochberg(pValues);
    expect(adjusted).toHaveLength(expected.length);
    adjusted.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 12));
  });

  it('rejects the same questions as the step-up rule: the k smallest, k the last rank with p(k) <= k q / m', () => {
    fc.assert(
      fc.property(probabilities, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (pValues, level) => {
        const sorted = [...pValues].sort((a, b) => a - b);
        const last = sorted.findLastIndex((p, i) => p * (sorted.length / (i + 1)) <= level);
        const rejected = benjaminiHochberg(pValues).map((p) => p <= level);
        expect(rejected).toEqual(pValues.map((p) => last >= 0 && p <= sorted[last]!));
      }),
    );
  });

  it('keeps the order of p-values, and never lowers one', () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const adjusted = benjaminiHochberg(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          pValues.forEach((q, j) => {
            if (p <= q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
  });
});
