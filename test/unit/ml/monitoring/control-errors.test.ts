import { describe, expect, it } from 'vitest';
import { controlErrors, judgeWindow } from '../../../../src/monitoring/error-control.js';
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
