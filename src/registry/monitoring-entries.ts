import type { CheckEntry, RetrainingEntry } from '../contracts/monitoring.js';
import type { Delivery, RetrainingFailure } from './monitoring-log.js';

/** A dry run that is recorded again is one of so many latest. */
export const RECENT_DRY_RUNS = 20;

/** Deliveries of alerts that are remembered; an episode is over long before. */
const DELIVERIES = 200;

/** Failures that are remembered; more than sinks are told of at once. */
const FAILURES = 10;

/** The check that a line holds; what a killed writer left of a line is none. */
export function entryIn(line: string): CheckEntry[] {
  try {
    return [JSON.parse(line) as CheckEntry];
  } catch {
    return [];
  }
}

/** The deliveries with this one as the latest. */
export function withDelivery(known: Delivery[], delivery: Delivery): Delivery[] {
  const others = known.filter(({ alert, sink }) => alert !== delivery.alert || sink !== delivery.sink);
  return [...others, delivery].slice(-DELIVERIES);
}

/** The entries without the one that this run has claimed and not ended. */
export function withoutClaim(entries: RetrainingEntry[], claimedBy: string): RetrainingEntry[] {
  return entries.filter(({ run, outcome }) => run !== claimedBy || outcome !== null);
}

/** The failures with this one as the latest, unless the run is among them. */
export function withFailure(known: RetrainingFailure[], failure: RetrainingFailure): RetrainingFailure[] {
  return known.some(({ run }) => run === failure.run) ? known : [...known, failure].slice(-FAILURES);
}
