import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckEntry, DriftState } from '../../../src/contracts/monitoring.js';
import { at, check, type Found, hourly, MODEL, POLICY, runChecks } from './entries.js';

const statesOf = (entries: CheckEntry[]) => entries.map(({ decision }) => decision.state);
const begunOf = (entries: CheckEntry[]) => entries.flatMap(({ decision }) => decision.begun);
const courseOf = (letters: string) => runChecks(hourly(letters));

describe('an episode of drift begins', () => {
  it('with the second drifted window of the latest three, and is alerted once', () => {
    const entries = courseOf('nDnDDDD');
    expect(statesOf(entries)).toEqual(['quiet', 'suspected', 'suspected', 'alarm', 'ongoing', 'ongoing', 'ongoing']);
    expect(begunOf(entries)).toEqual([{ id: `drift-${at(4)}`, kind: 'drift', since: at(4) }]);
    expect(entries.at(-1)!.decision.episodes).toEqual(begunOf(entries));
  });

  it('not with drifted windows that are further apart', () => {
    const entries = courseOf('DnnDnnDnn');
    expect(begunOf(entries)).toEqual([]);
    expect(statesOf(entries).at(-1)).toBe('suspected');
  });

  it('over insufficient windows between, which count neither for nor against', () => {
    const entries = courseOf('DiiiiiinD');
    expect(statesOf(entries).at(-1)).toBe('alarm');
    expect(statesOf(courseOf('Dii')).at(-1)).toBe('suspected');
    expect(statesOf(courseOf('iii'))).toEqual(['quiet', 'quiet', 'quiet']);
  });

  it('not from windows that hold the same rows: of overlapping ones the latest counts', () => {
    const overlapping = (hours: number[]): Found[] => hours.map((hour) => ({ hour, drift: 'drift', length: 24 }));
    expect(begunOf(runChecks(overlapping([1, 2, 12, 24])))).toEqual([]);
    expect(begunOf(runChecks(overlapping([1, 2, 12, 25])))).toHaveLength(1);
  });

  it('asks for retraining when the policy says so', () => {
    expect(courseOf('DD').at(-1)!.decision.retrain).toBe('drift');
    const policy = { ...POLICY, retraining: { ...POLICY.retraining, on: ['performance' as const] } };
    expect(runChecks(hourly('DD'), policy).at(-1)!.decision).toMatchObject({ state: 'alarm', retrain: null });
  });
});

describe('an episode of drift goes on', () => {
  it('while a drifted window lies within the cooldown', () => {
    const entries = courseOf(`DD${'n'.repeat(23)}D${'n'.repeat(23)}`);
    expect(statesOf(entries).slice(2)).toEqual(new Array(47).fill('ongoing'));
    expect(begunOf(entries)).toHaveLength(1);
  });

  it('over insufficient windows and days without checks', () => {
    const entries = courseOf(`DD${'i'.repeat(48)}${' '.repeat(72)}nni`);
    expect(
      statesOf(entries)
        .slice(2)
        .every((state) => state === 'ongoing'),
    ).toBe(true);
    expect(statesOf(runChecks([...hourly('DD'), ...hourly('nnn', 100)])).at(-1)).toBe('quiet');
  });

  it('and asks for retraining only while it is confirmed', () => {
    const retrain = courseOf('DDDnDnnnD').map(({ decision }) => decision.retrain);
    expect(retrain).toEqual([null, 'drift', 'drift', null, 'drift', null, null, null, null]);
  });
});

describe('an episode of drift ends', () => {
  const quiet = 'n'.repeat(24);

  it('after the cooldown without a drifted window', () => {
    const entries = courseOf(`DD${quiet}`);
    expect(statesOf(entries).at(-2)).toBe('ongoing');
    expect(entries.at(-1)!.decision).toMatchObject({ state: 'quiet', episodes: [] });
    expect(entries.at(-1)!.decision.why).toContain(`The drift episode since ${at(2)} ends`);
  });

  it('and another begins after the cooldown only', () => {
    const entries = courseOf(`DD${quiet}DDD${'n'.repeat(19)}DDDD`);
    expect(begunOf(entries).map(({ since }) => since)).toEqual([at(2), at(50)]);
    const early = entries[27]!.decision;
    expect(early).toMatchObject({ state: 'suspected', episodes: [], retrain: null });
    expect(early.why).toContain(`No drift episode begins before ${at(50)}`);
  });

  it('with a new version of the model, even when an older one comes back', () => {
    const other = { ...MODEL, version: 4, sha256: 'b'.repeat(64) };
    const entries = runChecks([
      ...hourly('DDD'),
      { hour: 4, drift: 'drift', model: other },
      { hour: 5, drift: 'drift', model: other },
      { hour: 6, drift: 'drift' },
      { hour: 7, drift: 'drift' },
    ]);
    expect(statesOf(entries)).toEqual(['suspected', 'alarm', 'ongoing', 'suspected', 'alarm', 'suspected', 'alarm']);
  });
});

describe('checks that do not count', () => {
  it.each(['by-hand', 'backfill'] as const)('%s ones', (mode) => {
    const entries = runChecks([
      { hour: 1, drift: 'drift' },
      { hour: 2, drift: 'drift', mode },
      { hour: 3, drift: 'no-drift' },
      { hour: 4, drift: 'no-drift' },
      { hour: 5, drift: 'drift' },
    ]);
    expect(statesOf(entries).at(-1)).toBe('suspected');
  });

  it('windows that were judged before the clock was put back', () => {
    const entries = runChecks([...hourly('DDD'), { hour: 2, drift: 'no-drift' }, { hour: 2.5, drift: 'drift' }]);
    const put = entries[3]!.decision;
    expect(put).toMatchObject({ state: 'ongoing', begun: [], retrain: null });
    expect(put.why).toContain('the clock was put back');
    expect(check({ hour: 4, drift: 'drift' }, entries).decision.episodes).toEqual(begunOf(entries));
  });

  it('nothing of the order of the schedule when somebody asks for one just before it', () => {
    const asked = { hour: 3, drift: 'drift', asked: true } as const;
    const entries = runChecks([...hourly('nn'), asked, { hour: 2.95, now: 3.02, drift: 'drift' }]);
    expect(statesOf(entries)).toEqual(['quiet', 'quiet', 'suspected', 'suspected']);
    expect(entries[3]!.decision.why).not.toContain('the clock was put back');
    expect(check({ hour: 3.95, drift: 'drift' }, entries).decision.state).toBe('alarm');
    const past = check({ hour: 1.5, now: 3.1, drift: 'drift', asked: true }, entries);
    expect(past.decision.why).toContain('the clock was put back');
  });

  it('windows of a clock that was a year fast, once it is right again', () => {
    const entries = runChecks([
      ...hourly('nD'),
      { hour: 8762, drift: 'drift' },
      { hour: 8763, drift: 'drift' },
      ...hourly('nnnD', 3),
      ...hourly('D', 7),
    ]);
    expect(statesOf(entries).slice(4)).toEqual(['suspected', 'suspected', 'quiet', 'suspected', 'alarm']);
  });

  it('a few minutes of clock skew do no harm', () => {
    const entries = runChecks(hourly('nDD').map((found) => ({ ...found, now: found.hour - 0.05 })));
    expect(statesOf(entries)).toEqual(['quiet', 'suspected', 'alarm']);
  });
});

describe('lost performance', () => {
  const course = (states: NonNullable<Found['performance']>[], hour = 1): Found[] =>
    states.map((performance, i) => ({ hour: hour + i, drift: 'no-drift', performance }));

  it('begins an episode at once, goes on without labels, and ends when it is kept for the cooldown', () => {
    const kept = new Array<'kept'>(24).fill('kept');
    const entries = runChecks(course(['kept', 'lost', 'none', 'insufficient', 'lost', ...kept]));
    expect(statesOf(entries).slice(0, 5)).toEqual(['quiet', 'alarm', 'ongoing', 'ongoing', 'ongoing']);
    expect(begunOf(entries)).toEqual([{ id: `performance-${at(2)}`, kind: 'performance', since: at(2) }]);
    expect(statesOf(entries).slice(-2)).toEqual(['ongoing', 'quiet']);
    expect(entries.map(({ decision }) => decision.retrain).slice(0, 6)).toEqual([
      null,
      'performance',
      null,
      null,
      'performance',
      null,
    ]);
  });

  it('is an episode of its own beside one of drift, and the reason named first', () => {
    const entries = runChecks([...hourly('DD'), { hour: 3, drift: 'drift', performance: 'lost' }]);
    const { state, episodes, begun, retrain, why } = entries.at(-1)!.decision;
    expect({ state, retrain }).toEqual({ state: 'alarm', retrain: 'performance' });
    expect(episodes.map(({ kind }) => kind)).toEqual(['drift', 'performance']);
    expect(begun.map(({ kind }) => kind)).toEqual(['performance']);
    expect(why).toContain('Performance is lost. A performance episode begins.');
  });
});

describe('why', () => {
  it.each([
    [
      'i',
      '12 rows are too few to judge drift, 100 are needed. No window had enough rows yet; 2 of 3 make an alarm. Performance is none.',
    ],
    ['n', 'No drift in 240 rows. It is the first window with enough rows; 2 of 3 make an alarm. Performance is none.'],
    [
      'DD',
      'Drift in 240 rows, in r, hb. 2 of the latest 2 windows with enough rows drifted; 2 of 3 make an alarm. A drift episode begins. Performance is none.',
    ],
  ])('of %s', (letters, why) => {
    expect(courseOf(letters).at(-1)!.decision.why).toBe(why);
  });
});

describe('any course of checks', () => {
  const states = fc.array(fc.constantFrom<DriftState>('drift', 'no-drift', 'insufficient'), { maxLength: 120 });

  it('alerts an episode once, ends it before the next, and keeps the cooldown between', () => {
    fc.assert(
      fc.property(states, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 120 }), (drifts, gaps) => {
        let hour = 0;
        const entries = runChecks(drifts.map((drift, i) => ({ drift, hour: (hour += gaps[i] ?? 1) })));
        let open: string | null = null;
        let endedAt = -Infinity;
        for (const { decision, window } of entries) {
          const id = decision.episodes[0]?.id ?? null;
          const to = Date.parse(window.to);
          if (id !== open && open !== null) {
            expect(id).toBeNull();
            endedAt = to;
          }
          expect(decision.begun.map((episode) => episode.id)).toEqual(id !== open && id !== null ? [id] : []);
          if (decision.begun.length > 0) expect(to - endedAt).toBeGreaterThanOrEqual(24 * 3_600_000);
          open = id;
        }
      }),
      { numRuns: 60 },
    );
  });
});
