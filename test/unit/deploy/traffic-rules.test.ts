import { describe, expect, it } from 'vitest';
import { judgeCounts } from '../../../src/deploy/traffic-rules.js';
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
