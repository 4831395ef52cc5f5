import { describe, expect, it } from 'vitest';
import type { RequestFault } from '../../../src/contracts/requests.js';
import type { WindowRequests } from '../../../src/contracts/monitoring.js';
import { judgeRequests, REFUSED_LEVEL } from '../../../src/monitoring/judge-window.js';
import { at, type Found, runChecks } from './entries.js';

const POLICY = { maximumRefusedShare: 0.05 };
const judge = (refused: number, total: number, faults: WindowRequests['faults'] = []) =>
  judgeRequests({ refused, total, faults }, POLICY);
const stateOf = (refused: number, requests: number) => judge(refused, requests).state;

/** Exact probability that at least `refused` of `requests` are refused. */
function exact(refused: number, requests: number): number {
  const { maximumRefusedShare: share } = POLICY;
  let all = 0;
  let term = (1 - share) ** requests;
  for (let k = 0; k <= requests; k++) {
    if (k >= refused) all += term;
    term *= ((requests - k) / (k + 1)) * (share / (1 - share));
  }
  return all;
}

describe('requests of a window', () => {
  it('are refused when all of them are, however few, and nothing where there is none', () => {
    expect([stateOf(0, 0), stateOf(1, 1), stateOf(2, 2), stateOf(0, 1), stateOf(1, 2)]).toEqual([
      ...['none', 'refused', 'refused'],
      ...['accepted', 'accepted'],
    ]);
  });

  it('are refused beyond the allowed share and chance', () => {
    expect(stateOf(50, 1000)).toBe('accepted');
    expect(stateOf(60, 1000)).toBe('accepted');
    expect(stateOf(80, 1000)).toBe('refused');
    expect(stateOf(51_000, 1_000_000)).toBe('refused');
    expect(stateOf(0, 1_000_000)).toBe('accepted');
    expect(judgeRequests({ refused: 80, total: 1000, faults: [] }, { maximumRefusedShare: 0.1 }).state).toBe(
      'accepted',
    );
  });

  it('are called refused at most as often as the level says, when as many are as allowed', () => {
    for (const total of [5, 20, 100, 400]) {
      const first = Array.from({ length: total + 1 }, (_, refused) => refused).find(
        (refused) => stateOf(refused, total) === 'refused',
      );
      expect(exact(first!, total)).toBeLessThanOrEqual(REFUSED_LEVEL);
      expect(exact(first!, total)).toBeGreaterThan(REFUSED_LEVEL / 50);
    }
  });

  it('are told with their most frequent faults', () => {
    const fault = (reason: RequestFault['reason'], feature: string | null, requests: number) => ({
      reason,
      feature,
      requests,
    });
    const faults = [
      fault('missing-field', 'hb', 12),
      fault('unknown-field', null, 12),
      fault('out-of-range', 'r', 1),
      fault('InvalidJson', null, 1),
    ];
    expect(judge(13, 40, faults).found).toBe(
      '13 of 40 requests were refused: hb missing in 12, an unknown field in 12, r out of range in 1 and 1 more.',
    );
    expect(judge(1, 1, faults.slice(2, 3)).found).toBe('1 of 1 request was refused: r out of range in 1.');
    expect(judge(0, 40).found).toBe('');
  });
});

describe('an episode of refused requests', () => {
  /** One letter an hour: R refused, a accepted, n none. */
  const course = (letters: string): Found[] =>
    Array.from(letters, (letter, i) => ({
      hour: i + 1,
      drift: 'no-drift',
      requests: letter === 'R' ? 'refused' : letter === 'a' ? 'accepted' : 'none',
    }));

  it('begins with the second window of three, is alerted once, and asks for no retraining', () => {
    const decisions = runChecks(course('aRnRR')).map(({ decision }) => decision);
    expect(decisions.map(({ state }) => state)).toEqual(['quiet', 'suspected', 'suspected', 'alarm', 'ongoing']);
    expect(decisions.flatMap(({ begun }) => begun)).toEqual([
      { id: `refused-requests-${at(4)}`, kind: 'refused-requests', since: at(4) },
    ]);
    expect(decisions.map(({ retrain }) => retrain)).toEqual([null, null, null, null, null]);
    expect(decisions[3]!.why).toContain(
      '20 of 200 requests were refused. That is more than the 5 % allowed. Too many were in 2 of the latest 3 windows with requests; 2 of 3 make an alarm. A refused-requests episode begins.',
    );
    expect(decisions[0]!.why).not.toContain('refused');
  });

  it('goes on beside one of drift, which alone asks for retraining', () => {
    const both = course('RRR').map((found) => ({ ...found, drift: 'drift' as const }));
    const { decision } = runChecks(both).at(-1)!;
    expect(decision.episodes.map(({ kind }) => kind)).toEqual(['drift', 'refused-requests']);
    expect(decision.retrain).toBe('drift');
  });

  it('ends after a cooldown without such windows', () => {
    const decisions = runChecks(course(`RR${'a'.repeat(26)}`)).map(({ decision }) => decision);
    expect(decisions.at(-1)).toMatchObject({ state: 'quiet', episodes: [] });
    expect(decisions.map(({ why }) => why).filter((why) => why.includes('in no window were too many'))).toHaveLength(1);
  });
});
