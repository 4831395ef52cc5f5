import { describe, expect, it } from 'vitest';
import { judgeAgreement, judgeCounts } from '../../../src/deploy/traffic-rules.js';
import { DEFAULT_DEPLOYMENT } from '../../../src/definition/definition.js';

const policy = DEFAULT_DEPLOYMENT.judge;
const agreed = { rule: 'agrees', passed: true, found: '100 %' };
const counts = (requests: number, errors = 0, medianMs: number | null = 10) => ({ requests, errors, medianMs });

describe('a version on trial', () => {
  it.each([
    ['is good when it does as well', counts(20), counts(500), agreed, 'good'],
    ['is not judged on one request too few, however bad', counts(19, 19), counts(500), agreed, 'insufficient'],
    ['is bad with more failed requests than allowed', counts(100, 2), counts(500), agreed, 'bad'],
    ['is good with as many as allowed', counts(100, 1), counts(500), agreed, 'good'],
    ['is bad when it is slower than allowed', counts(20, 0, 70.1), counts(500), agreed, 'bad'],
    ['is good when it is as slow as allowed', counts(20, 0, 70), counts(500), agreed, 'good'],
    ['is not judged on one former request too few', counts(20, 0, 900), counts(19), agreed, 'insufficient'],
    ['is bad when it fails, whatever the former one had', counts(20, 1), counts(0, 0, null), agreed, 'bad'],
    [
      'is bad when it disagrees, also without requests',
      counts(0, 0, null),
      counts(0, 0, null),
      { ...agreed, passed: false },
      'bad',
    ],
  ] as const)('%s', (_, candidate, former, agreement, state) => {
    expect(judgeCounts(policy, candidate, former, agreement).state).toBe(state);
  });

  it('is told what was found, with the limit', () => {
    const { checks } = judgeCounts(policy, counts(40, 3), counts(500), agreed);
    expect(checks).toContainEqual({ rule: 'at most 1 % failed requests', passed: false, found: '3 of 40 (7.5 %)' });
  });
});

describe('a version on trial and the former one', () => {
  const judged = (former: number[] | null, candidate: number[] | null, minimumAgreement = 0.75) =>
    judgeAgreement({ ...policy, minimumAgreement }, '7', { rows: 4, former, candidate });
  const rule = 'agrees with function version 7 on at least 75 % of rows';

  it.each([
    ['agree on all rows', [0, 1, 1, 0], [0, 1, 1, 0], true, '100 % of 4'],
    ['agree on as many rows as they must', [0, 1, 1, 0], [0, 1, 1, 1], true, '75 % of 4'],
    ['disagree on one row too many', [0, 1, 1, 0], [0, 1, 0, 1], false, '50 % of 4'],
    [
      'are not compared where the former one fails',
      null,
      null,
      true,
      'not compared: the former version does not answer',
    ],
    ['disagree where the new one fails', [0, 1, 1, 0], null, false, 'it fails on rows that the former version answers'],
  ])('%s', (_, former, candidate, passed, found) => {
    expect(judged(former, candidate)).toEqual({ rule, passed, found });
  });

  it('may differ as they like where no agreement is asked for', () => {
    expect(judged([0, 1, 1, 0], null, 0).passed).toBe(true);
    expect(judged([0, 0, 0, 0], [1, 1, 1, 1], 0).passed).toBe(true);
  });
});
