// false-alarms.ts CELL-JSON: hourly drift checks of made-up windows by the default policy; prints the false alarms of quarters
// without drift and the delays until shifts are seen, ours and those of Evidently's default on the same windows.
import type { ReferenceProfile } from '../../src/contracts/reference.js';
import { buildReference } from '../../src/ml/drift/build-reference.js';
import { compareWindow } from '../../src/ml/drift/compare-window.js';
import { controlErrors, judgeWindow } from '../../src/monitoring/judge-window.js';
import type { Random } from '../../src/ml/random.js';
import { apart, type Found, hourlyChecks, type Pair, POLICY, times } from '../hourly-checks.js';
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

export interface FalseAlarms {
  /** Alarms of each quarter: episodes of ours, unbroken stretches of drifted hours of the peer's, Evidently's default. */
  alarms: Pair<number[]>;
  /** Hours of each quarter that drifted. */
  driftedHours: Pair<number[]>;
  /** Hours until the first alarm, `null` for none within a week: of a shift in one feature, and in all. */
  delays: { one: Pair<(number | null)[]>; all: Pair<(number | null)[]> };
}

const POPULATION_ROWS = 2 ** 17;
const SEED = 5;
const NOT_MEASURED = { state: 'none' as const, value: null, found: '' };

/** A check looks at a window that is drawn from the population. */
const lookAt = (reference: ReferenceProfile, population: Population, rows: number, random: Random) => (): Found => {
  const columns = compareWindow(reference, windowOf(draw(population, rows, random)), POLICY.drift);
  return { ...judgeWindow(controlErrors(columns, POLICY.drift), rows, POLICY.drift), rows, performance: NOT_MEASURED };
};

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
  const found = { alarms: { ours: 0, peer: 0 }, hours: { ours: 0, peer: 0 } };
  let before = false;
  hourlyChecks(QUARTER_HOURS, lookAt(reference, POPULATIONS.none, windowRows, random), (entry) => {
    found.alarms.ours += entry.decision.begun.length;
    found.hours.ours += entry.drift === 'drift' ? 1 : 0;
    found.alarms.peer += entry.evidentlyDrift && !before ? 1 : 0;
    found.hours.peer += entry.evidentlyDrift ? 1 : 0;
    before = entry.evidentlyDrift;
    return true;
  });
  return found;
}

function delay({ referenceRows, windowRows }: Cell, shifted: Population, random: Random): Pair<number | null> {
  const reference = referenceOf(referenceRows, random);
  const found: Pair<number | null> = { ours: null, peer: null };
  hourlyChecks(WEEK_HOURS, lookAt(reference, shifted, windowRows, random), (entry, hour) => {
    if (entry.evidentlyDrift) found.peer ??= hour;
    if (entry.decision.begun.length > 0) found.ours ??= hour;
    return found.ours === null || found.peer === null;
  });
  return found;
}

const cell = JSON.parse(process.argv[2]!) as Cell;
const { referenceRows, windowRows, quarters, shifts } = cell;
const repeat = <T>(count: number, kind: number, act: (random: Random) => T): T[] =>
  times(count, [SEED, kind, referenceRows, windowRows], act);
const quiet = repeat(quarters, 0, (random) => quarter(cell, random));
console.log(
  JSON.stringify({
    alarms: apart(quiet.map(({ alarms }) => alarms)),
    driftedHours: apart(quiet.map(({ hours }) => hours)),
    delays: {
      one: apart(repeat(shifts, 1, (random) => delay(cell, POPULATIONS.one, random))),
      all: apart(repeat(shifts, 2, (random) => delay(cell, POPULATIONS.all, random))),
    },
  } satisfies FalseAlarms),
);
