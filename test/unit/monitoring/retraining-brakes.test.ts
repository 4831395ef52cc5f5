import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RetrainingEntry } from '../../../src/contracts/monitoring.js';
import { mayRetrain, type RetrainingRequest, shouldPause } from '../../../src/monitoring/retraining-brakes.js';
import { at, HOUR, POLICY, retraining } from './entries.js';

const policy = POLICY.retraining;

const asked = (hour: number, more: Partial<RetrainingRequest> = {}): RetrainingRequest => ({
  now: at(hour),
  policy,
  earlier: [],
  championDatasetSha256: 'champion-data',
  championDefinitionSha256: 'definition',
  datasetSha256: 'new-data',
  definitionSha256: 'definition',
  pauseNote: null,
  countedSince: null,
  ...more,
});

const answer = (request: RetrainingRequest) => {
  const found = mayRetrain(request);
  return found.allowed ? 'allowed' : found.code;
};

describe('a retraining may start', () => {
  it('when nothing stands against it', () => {
    expect(mayRetrain(asked(0))).toEqual({ allowed: true });
  });

  it('not on the data and definition of the serving version', () => {
    const same = { datasetSha256: 'champion-data' };
    expect(mayRetrain(asked(0, same))).toMatchObject({ code: 'unchanged-data' });
    expect(mayRetrain(asked(0, same))).toHaveProperty('reason', expect.stringContaining('no new labelled data'));
    expect(answer(asked(0, { ...same, definitionSha256: 'another' }))).toBe('allowed');
  });

  it.each([
    ['deployed', 'unchanged-data'],
    ['refused', 'unchanged-data'],
    ['rejected', 'unchanged-data'],
    ['rolled-back', 'unchanged-data'],
    ['failed', 'allowed'],
    ['cancelled', 'allowed'],
  ] as const)('on data of an earlier one that was %s: %s', (outcome, expected) => {
    const earlier = [retraining(-1000, { datasetSha256: 'new-data', outcome })];
    expect(answer(asked(0, { earlier }))).toBe(expected);
  });

  it('not while one runs, but one that has run for seven days is lost', () => {
    const earlier = [retraining(0, { outcome: null })];
    expect(answer(asked(7 * 24 - 1, { earlier }))).toBe('running');
    expect(answer(asked(7 * 24, { earlier }))).toBe('allowed');
  });

  it('not within the cooldown of another start, whatever became of it', () => {
    const earlier = [retraining(0, { outcome: 'failed' })];
    expect(mayRetrain(asked(23.9, { earlier }))).toEqual({
      allowed: false,
      code: 'cooldown',
      reason: `a retraining started at ${at(0)}, and 24 hours must lie between two starts`,
    });
    expect(answer(asked(24, { earlier }))).toBe('allowed');
  });

  it('not beyond the budget of seven days', () => {
    const earlier = [retraining(0), retraining(30)];
    expect(answer(asked(100, { earlier }))).toBe('budget');
    expect(answer(asked(7 * 24, { earlier }))).toBe('allowed');
  });

  it('not while paused, nor when the last three were refused', () => {
    expect(answer(asked(0, { pauseNote: 'holidays' }))).toBe('paused');
    const earlier = [retraining(-3000), retraining(-2000), retraining(-1000)];
    expect(answer(asked(0, { earlier }))).toBe('paused');
    expect(answer(asked(0, { earlier, countedSince: at(-1) }))).toBe('allowed');
  });
});

describe('a pause', () => {
  const refused = (hour: number) => retraining(hour);

  it.each([
    ['two refused', [refused(1), refused(2)], false],
    ['three refused', [refused(1), refused(2), refused(3)], true],
    ['in any order', [refused(3), refused(1), refused(2), retraining(0, { outcome: 'deployed' })], true],
    ['one deployed between', [refused(1), retraining(2, { outcome: 'deployed' }), refused(3), refused(4)], false],
    ['a failed one between', [refused(1), retraining(2, { outcome: 'failed' }), refused(3), refused(4)], true],
    ['one rejected by a person', [refused(1), retraining(2, { outcome: 'rejected' }), refused(3)], false],
    ['one that still runs', [refused(1), refused(2), retraining(3, { outcome: null })], false],
  ])('%s', (_, earlier, expected) => {
    expect(shouldPause(earlier, policy, null)).toBe(expected);
  });

  it('is over with a resume: those refused before do not count', () => {
    const earlier = [refused(1), refused(2), refused(3)];
    expect(shouldPause(earlier, policy, at(2.5))).toBe(false);
    expect(shouldPause([...earlier, refused(4), refused(5)], policy, at(2.5))).toBe(true);
  });
});

/** 90 days, and what happens in them. Hours are real ones from the start. */
interface Course {
  /** Of the retrainings, one after the other, over and over. */
  outcomes: RetrainingEntry['outcome'][];
  /** From an hour on, hours that the clock is wrong by. */
  jumps: { hour: number; offset: number }[];
  /** Nothing happens from one hour to the other. */
  down: { from: number; to: number };
  /** A person ends a pause after so many hours of it. */
  resumesAfter: number;
}

const CALM: Course = { outcomes: ['deployed'], jumps: [], down: { from: 0, to: 0 }, resumesAfter: Infinity };

const LAST_HOUR = 90 * 24;

/** Asks for a retraining every hour, each on new data; one ends two hours later. Returns the starts as they were recorded. */
function simulate({ outcomes, jumps, down, resumesAfter }: Course): RetrainingEntry[] {
  const entries: RetrainingEntry[] = [];
  let countedSince: string | null = null;
  let pausedHours = 0;
  for (let hour = 0; hour < LAST_HOUR; hour++) {
    if (hour >= down.from && hour < down.to) continue;
    const offset = jumps.findLast((jump) => jump.hour <= hour)?.offset ?? 0;
    const last = entries.at(-1);
    if (last?.outcome === null && hour >= Number(last.run) + 2) {
      last.outcome = outcomes[entries.length % outcomes.length] ?? null;
    }
    pausedHours = shouldPause(entries, policy, countedSince) ? pausedHours + 1 : 0;
    if (pausedHours > resumesAfter) countedSince = at(hour + offset);
    const datasetSha256 = `data of hour ${hour}`;
    const request = asked(hour + offset, { earlier: entries, datasetSha256, countedSince });
    if (!mayRetrain(request).allowed) continue;
    entries.push(retraining(hour + offset, { run: String(hour), outcome: null, datasetSha256 }));
  }
  return entries;
}

/** Greatest number of starts within any seven days, and the least hours between two, by recorded time. */
function spread(entries: RetrainingEntry[]) {
  const times = entries.map(({ startedAt }) => Date.parse(startedAt)).sort((a, b) => a - b);
  const inWeek = times.map((time) => times.filter((other) => other >= time && other < time + 7 * 24 * HOUR).length);
  const gaps = times.slice(1).map((time, i) => (time - times[i]!) / HOUR);
  return { perWeek: Math.max(0, ...inWeek), gap: Math.min(Infinity, ...gaps) };
}

describe('90 days of hourly requests', () => {
  it('start twice a week, a day apart', () => {
    const entries = simulate(CALM);
    expect(spread(entries)).toEqual({ perWeek: 2, gap: 24 });
    expect(entries).toHaveLength(26);
  });

  it('stop after three refused, until a person resumes', () => {
    expect(simulate({ ...CALM, outcomes: ['refused'] })).toHaveLength(3);
    const resumed = simulate({ ...CALM, outcomes: ['refused'], resumesAfter: 500 });
    expect(resumed.length).toBeGreaterThan(6);
    expect(resumed.length).toBeLessThan(15);
  });

  it('go on after the server was down for three days, without a burst', () => {
    const entries = simulate({ ...CALM, down: { from: 500, to: 572 } });
    expect(spread(entries)).toEqual({ perWeek: 2, gap: 24 });
    expect(entries.length).toBeGreaterThanOrEqual(25);
  });

  it('keep budget and cooldown in recorded time whatever the clock does, and never stop for good', () => {
    const jump = fc.record({
      hour: fc.integer({ min: 0, max: 1500 }),
      offset: fc.integer({ min: -2000, max: 2000 }),
    });
    const courses = fc.record({
      outcomes: fc.constant<Course['outcomes']>(['deployed', 'refused', 'failed']),
      jumps: fc.array(jump, { maxLength: 4 }).map((jumps) => jumps.sort((a, b) => a.hour - b.hour)),
      down: fc.integer({ min: 0, max: 1400 }).map((from) => ({ from, to: from + 72 })),
      resumesAfter: fc.constant(24),
    });
    fc.assert(
      fc.property(courses, (course) => {
        const entries = simulate(course);
        const { perWeek, gap } = spread(entries);
        expect(perWeek).toBeLessThanOrEqual(2);
        expect(gap).toBeGreaterThanOrEqual(24);
        expect(entries.length).toBeGreaterThanOrEqual(5);
      }),
      { numRuns: 15 },
    );
  });
});
