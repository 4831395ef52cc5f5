// false-alarms.ts CELL-JSON: hourly drift checks of made-up windows by the default policy; prints the false alarms of quarters
// without drift and the delays until shifts are seen, ours and those of Evidently's default on the same windows.
import type { CheckEntry } from '../../src/contracts/monitoring.js';
import type { ReferenceProfile } from '../../src/contracts/reference.js';
import { buildReference } from '../../src/ml/drift/build-reference.js';
import { compareWindow } from '../../src/ml/drift/compare-window.js';
import { controlErrors, judgeWindow, type WindowVerdict } from '../../src/ml/monitoring/control-errors.js';
import { decide } from '../../src/ml/monitoring/decide.js';
import { createRandom, type Random } from '../../src/ml/random.js';
import { monitoring } from '../../src/monitoring-schema.js';
import {
  ALL_SHIFTED,
  draw,
  makePopulation,
  NO_SHIFT,
  ONE_SHIFT,
  type Population,
  QUARTER_HOURS,
  WEEK_HOURS,
  windowOf,
} from '../population.js';

/** What is simulated, each time with a fresh reference. */
export interface Cell {
  referenceRows: number;
  windowRows: number;
  /** Quarters without drift. */
  quarters: number;
  /** Times that each shift happens. */
  shifts: number;
}

/** By our decision, and by Evidently's default. */
export interface Pair<T> {
  ours: T;
  evidently: T;
}

export interface FalseAlarms {
  /** Alarms of each quarter: episodes of ours, unbroken stretches of drifted hours of Evidently's. */
  alarms: Pair<number[]>;
  /** Hours of each quarter that drifted. */
  driftedHours: Pair<number[]>;
  /** Hours until the first alarm, `null` for none within a week: of a shift in one feature, and in all. */
  delays: { one: Pair<(number | null)[]>; all: Pair<(number | null)[]> };
}

const POPULATION_ROWS = 2 ** 17;
const SEED = 5;
const POLICY = monitoring.parse({});
/** Twice the cooldown, and the windows before. */
const KEPT_CHECKS = 2 * POLICY.drift.cooldownHours + POLICY.drift.alarm.of;
const HOUR = 3_600_000;
const MODEL = { name: 'simulated', version: 1, sha256: '0' };
const ACCEPTED = { state: 'accepted' as const, maximumShare: 0.05, found: '' };
const NOT_MEASURED = { state: 'none' as const, found: '' };

function conclude(verdict: WindowVerdict, rows: number, hour: number, earlier: CheckEntry[]): CheckEntry {
  const at = new Date(hour * HOUR).toISOString();
  const driftedCount = verdict.driftedColumns.length;
  const window = { from: new Date((hour - 1) * HOUR).toISOString(), to: at };
  const decision = decide({
    ...{ model: MODEL, performance: NOT_MEASURED, requests: ACCEPTED, policy: POLICY, earlier, now: at },
    ...{ ...verdict, driftedCount, window: { ...window, rows } },
  });
  return {
    ...{ ...verdict, driftedCount, run: at, mode: 'scheduled', at, model: MODEL, window, rows, decision, report: null },
    performance: { state: 'none', value: null, rows: 0 },
  };
}

/** Hourly checks one after the other; `false` from `each` ends them. */
function check(
  reference: ReferenceProfile,
  population: Population,
  { windowRows, hours }: { windowRows: number; hours: number },
  random: Random,
  each: (entry: CheckEntry, hour: number) => boolean,
): void {
  const earlier: CheckEntry[] = [];
  for (let hour = 1; hour <= hours; hour++) {
    const window = windowOf(draw(population, windowRows, random));
    const columns = controlErrors(compareWindow(reference, window, POLICY.drift), POLICY.drift);
    const entry = conclude(judgeWindow(columns, windowRows, POLICY.drift), windowRows, hour, earlier);
    if (!each(entry, hour)) return;
    earlier.push(entry);
    if (earlier.length > KEPT_CHECKS) earlier.shift();
  }
}

const POPULATIONS = {
  none: makePopulation(POPULATION_ROWS, NO_SHIFT, SEED),
  one: makePopulation(POPULATION_ROWS, ONE_SHIFT, SEED + 1),
  all: makePopulation(POPULATION_ROWS, ALL_SHIFTED, SEED + 2),
};

/** Of training rows, and of what the model said of hold-out rows: a quarter as many. */
function referenceOf(rows: number, random: Random): ReferenceProfile {
  const { features } = draw(POPULATIONS.none, rows, random);
  return buildReference({ ...draw(POPULATIONS.none, Math.round(rows / 4), random), features });
}

function quarter({ referenceRows, windowRows }: Cell, random: Random) {
  const reference = referenceOf(referenceRows, random);
  const found = { alarms: { ours: 0, evidently: 0 }, hours: { ours: 0, evidently: 0 } };
  let before = false;
  check(reference, POPULATIONS.none, { windowRows, hours: QUARTER_HOURS }, random, (entry) => {
    found.alarms.ours += entry.decision.begun.length;
    found.hours.ours += entry.drift === 'drift' ? 1 : 0;
    found.alarms.evidently += entry.evidentlyDrift && !before ? 1 : 0;
    found.hours.evidently += entry.evidentlyDrift ? 1 : 0;
    before = entry.evidentlyDrift;
    return true;
  });
  return found;
}

function delay({ referenceRows, windowRows }: Cell, shifted: Population, random: Random): Pair<number | null> {
  const reference = referenceOf(referenceRows, random);
  const found: Pair<number | null> = { ours: null, evidently: null };
  check(reference, shifted, { windowRows, hours: WEEK_HOURS }, random, (entry, hour) => {
    if (entry.evidentlyDrift) found.evidently ??= hour;
    if (entry.decision.begun.length > 0) found.ours ??= hour;
    return found.ours === null || found.evidently === null;
  });
  return found;
}

const pairs = <T>(found: Pair<T>[]): Pair<T[]> => ({
  ours: found.map(({ ours }) => ours),
  evidently: found.map(({ evidently }) => evidently),
});

const cell = JSON.parse(process.argv[2]!) as Cell;
const { referenceRows, windowRows, quarters, shifts } = cell;
const times = <T>(count: number, kind: number, act: (random: Random) => T): T[] =>
  Array.from({ length: count }, (_, i) => act(createRandom(SEED, kind, referenceRows, windowRows, i)));
const quiet = times(quarters, 0, (random) => quarter(cell, random));
console.log(
  JSON.stringify({
    alarms: pairs(quiet.map(({ alarms }) => alarms)),
    driftedHours: pairs(quiet.map(({ hours }) => hours)),
    delays: {
      one: pairs(times(shifts, 1, (random) => delay(cell, POPULATIONS.one, random))),
      all: pairs(times(shifts, 2, (random) => delay(cell, POPULATIONS.all, random))),
    },
  } satisfies FalseAlarms),
);
