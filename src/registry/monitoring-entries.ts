import type { CheckEntry } from '../contracts/monitoring.js';
import type { Delivery } from './monitoring-log.js';

/** A look that is recorded again is one of so many latest. */
export const RECENT_LOOKS = 20;

/** Deliveries of alerts that are remembered; an episode is over long before. */
const DELIVERIES = 200;

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
