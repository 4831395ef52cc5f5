import { describe, expect, it } from 'vitest';
import type { Alias, LogEntry, RegistryEvent, Target } from '../../../src/registry/registry.js';
import {
  championBefore,
  functionVersionOf,
  previousChampions,
  servedAt,
  servedPeriods,
} from '../../../src/registry/served.js';

const LIVE = 'anemia:live';
const minute = (count: number) => new Date(Date.UTC(2026, 0, 2, 3, count));

/** A log with one entry a minute; the chain is of no interest here. */
const logOf = (...events: RegistryEvent[]): LogEntry[] =>
  events.map((event, i) => {
    const at = minute(i + 1).toISOString();
    const chain = { sequence: i + 1, previousHash: '', hash: '', digests: {}, signature: { key: '', value: '' } };
    return { ...event, ...chain, at, by: `run-${i + 1}`, reason: 'test' };
  });
const traffic = (target: Target, version: number): RegistryEvent => ({
  event: 'traffic',
  target,
  shares: [{ version, functionVersion: String(version), percent: 100 }],
});
const alias = (version: number | null, of: Alias = 'champion'): RegistryEvent => ({
  event: 'alias',
  alias: of,
  version,
  previous: null,
});

const registered = (version: number): RegistryEvent => ({ event: 'registered', version, run: 'run/1', origin: null });

describe('servedAt', () => {
  const log = logOf(traffic(LIVE, 1), traffic('other:live', 7), alias(2), traffic(LIVE, 2));

  it.each([
    ['before anything served', 0, null],
    ['at the very time', 1, 1],
    ['while only others changed', 3, 1],
    ['later than everything', 60, 2],
  ])('%s', (_, count, version) => {
    expect(servedAt(log, LIVE, minute(count))?.shares[0]?.version ?? null).toBe(version);
  });

  it('tells since when, by whom and why', () => {
    const shares = [{ version: 1, functionVersion: '1', percent: 100 }];
    const since = minute(1).toISOString();
    expect(servedAt(log, LIVE, minute(2))).toEqual({ shares, since, by: 'run-1', proof: null, reason: 'test' });
  });

  it('tells by which function version a version served last', () => {
    const again: RegistryEvent = {
      ...{ event: 'traffic', target: LIVE },
      shares: [{ version: 1, functionVersion: '8', percent: 100 }],
    };
    expect(functionVersionOf(log, LIVE, 1)).toBe('1');
    expect(functionVersionOf([...log, ...logOf(again)], LIVE, 1)).toBe('8');
    expect(functionVersionOf(log, LIVE, 7)).toBeNull();
  });

  it('knows nothing of another target, an empty log or no time', () => {
    expect(servedAt(log, 'anemia:canary', minute(9))).toBeNull();
    expect(servedAt([], LIVE, minute(9))).toBeNull();
    expect(servedAt(log, LIVE, new Date(Number.NaN))).toBeNull();
  });
});

describe('previousChampions', () => {
  it.each<[string, (number | null)[], number[]]>([
    ['none at all', [], []],
    ['the first', [1], []],
    ['latest first', [1, 2, 3], [2, 1]],
    ['each once, without the present one', [1, 2, 1, 3, 2], [3, 1]],
    ['an alias that was taken away', [1, 2, null], [2, 1]],
    ['an alias that came back', [1, null, 1], []],
  ])('%s', (_, versions, previous) => {
    expect(previousChampions(logOf(...versions.map((version) => alias(version))), 'champion')).toEqual(previous);
  });

  it('are none that were written off, nor does one go back to them', () => {
    const begun = [registered(1), registered(2), registered(3), alias(1), alias(2), alias(3)];
    const lost = logOf(...begun, { event: 'written-off', version: 2 });
    expect(previousChampions(lost, 'champion')).toEqual([1]);
    expect(championBefore(lost, 'champion')).toBe(1);
    const champion = logOf(...begun, { event: 'written-off', version: 3 });
    expect(previousChampions(champion, 'champion')).toEqual([2, 1]);
    expect(championBefore(champion, 'champion')).toBeNull();
  });

  it('keeps aliases apart', () => {
    const log = logOf(alias(1), alias(9, 'champion@other:live'), alias(2), alias(8, 'champion@other:live'));
    expect(previousChampions(log, 'champion@other:live')).toEqual([9]);
  });
});

describe('championBefore', () => {
  it.each<[string, (number | null)[], number | null]>([
    ['nothing before the first', [1], null],
    ['the one that was replaced', [1, 2, 3], 2],
    ['not the one that was gone back from', [1, 2, 1], null],
    ['one more back after going back', [1, 2, 3, 2], 1],
    ['nothing when the alias was taken away', [1, 2, null, 3], null],
  ])('%s', (_, versions, before) => {
    expect(championBefore(logOf(...versions.map((version) => alias(version))), 'champion')).toBe(before);
  });
});

describe('servedPeriods', () => {
  const shared = (target: Target, ...shares: [version: number, percent: number][]): RegistryEvent => ({
    event: 'traffic',
    target,
    shares: shares.map(([version, percent]) => ({ version, functionVersion: String(version), percent })),
  });
  const log = logOf(
    traffic(LIVE, 1),
    shared(LIVE, [1, 90], [2, 10]),
    alias(2),
    traffic(LIVE, 2),
    traffic('other:live', 1),
    traffic(LIVE, 1),
    shared(LIVE),
  );
  const period = (target: Target, percent: number, from: number, to: number | null) => ({
    ...{ target, percent, from: minute(from).toISOString(), to: to === null ? null : minute(to).toISOString() },
    ...{ by: `run-${from}`, proof: null, reason: 'test' },
  });

  it('tells when a version served, more than once and behind several targets', () => {
    expect(servedPeriods(log, 1)).toEqual([
      period(LIVE, 100, 1, 4),
      period('other:live', 100, 5, null),
      period(LIVE, 100, 6, 7),
    ]);
  });

  it('takes the steps of a canary for one time', () => {
    expect(servedPeriods(log, 2)).toEqual([period(LIVE, 100, 2, 6)]);
  });

  it('knows no time of a version that never served', () => {
    expect(servedPeriods(log, 3)).toEqual([]);
  });
});
