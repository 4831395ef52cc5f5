import type { TimeWindow } from '../src/contracts/values.js';
import type { CheckEntry } from '../src/contracts/monitoring.js';
import { createRandom, type Random } from '../src/ml/random.js';
import { decide, type DecisionInput } from '../src/monitoring/decide.js';
import { monitoring } from '../src/definition/monitoring-schema.js';

/** By our decision, and by what it is compared with. */
export interface Pair<T> {
  ours: T;
  peer: T;
}

/** The default policy of the definition. */
export const POLICY = monitoring.parse({});

/** Twice the cooldown, and the windows before. */
const KEPT_CHECKS = 2 * POLICY.drift.cooldownHours + POLICY.drift.alarm.of;
const HOUR = 3_600_000;
const MODEL = { name: 'simulated', version: 1, sha256: '0' };
const ACCEPTED = { state: 'accepted' as const, total: 0, refused: 0, maximumShare: 0.05 };

/** What a check found, before anything is concluded. */
export type Found = Pick<CheckEntry, 'rows' | 'drift' | 'driftedColumns' | 'evidentlyDrift' | 'largestEffect'> & {
  performance: DecisionInput['performance'] & { value: number | null };
};

/** The hour that ends so many hours after the start. */
const windowOf = (hour: number): TimeWindow => ({
  from: new Date((hour - 1) * HOUR).toISOString(),
  to: new Date(hour * HOUR).toISOString(),
});

/** Hourly checks one after the other, each knowing those before it; `false` from `each` ends them. */
export function hourlyChecks(
  hours: number,
  look: (hour: number, window: TimeWindow) => Found,
  each: (entry: CheckEntry, hour: number) => boolean,
): void {
  const earlier: CheckEntry[] = [];
  for (let hour = 1; hour <= hours; hour++) {
    const entry = conclude(look(hour, windowOf(hour)), windowOf(hour), earlier);
    if (!each(entry, hour)) return;
    earlier.push(entry);
    if (earlier.length > KEPT_CHECKS) earlier.shift();
  }
}

function conclude({ performance, ...found }: Found, window: TimeWindow, earlier: CheckEntry[]): CheckEntry {
  const at = window.to;
  const driftedCount = found.driftedColumns.length;
  const decision = decide({
    ...{
      ...found,
      driftedCount,
      performance,
      model: MODEL,
      requests: { ...ACCEPTED, found: '' },
      policy: POLICY,
      earlier,
      now: at,
    },
    window: { ...window, rows: found.rows },
  });
  return {
    ...{ ...found, driftedCount, run: at, mode: 'scheduled', at, model: MODEL, window, requests: ACCEPTED, decision },
    performance: { state: performance.state, value: performance.value, rows: found.rows },
  };
}

/** The series of each side. */
export const apart = <T>(found: Pair<T>[]): Pair<T[]> => ({
  ours: found.map(({ ours }) => ours),
  peer: found.map(({ peer }) => peer),
});

/** Acts so many times, each with its own random numbers. */
export const times = <T>(count: number, key: number[], act: (random: Random) => T): T[] =>
  Array.from({ length: count }, (_, i) => act(createRandom(key[0]!, ...key.slice(1), i)));
