import type { CheckEntry, TimeWindow } from '../contracts/monitoring.js';

/** Windows that end later than this after now were judged under a clock that has been put back since. */
const CLOCK_SKEW_MS = 300_000;

/** A window that came after others. */
interface Candidate {
  asked: CheckEntry['asked'];
  window: TimeWindow;
  /** When it was judged, milliseconds since 1970. */
  at: number;
}

/**
 * Whether the clock was put back: a window that ends no earlier had been judged already, and was not of the future. That of
 * a check that somebody asked for says nothing of those of the schedule, which end some time before they are due.
 */
function isOutOfOrder({ asked, window, at }: Candidate, counted: readonly CheckEntry[]): boolean {
  const end = Date.parse(window.to);
  return counted
    .filter((known) => asked || !known.asked)
    .some(({ window: { to } }) => Date.parse(to) >= end && Date.parse(to) <= at + CLOCK_SKEW_MS);
}

/** Without windows that came out of order when they were judged. */
function ordered(checks: readonly CheckEntry[]): CheckEntry[] {
  const inOrder: CheckEntry[] = [];
  let latest = -Infinity;
  for (const check of checks) {
    const { asked, window, at } = check;
    const end = Date.parse(window.to);
    if (end <= latest && isOutOfOrder({ asked, window, at: Date.parse(at) }, inOrder)) continue;
    inOrder.push(check);
    latest = Math.max(latest, end);
  }
  return inOrder;
}

/** Checks that a new one builds upon. */
export interface CountedChecks {
  /** By the end of their windows, ascending. */
  checks: CheckEntry[];
  /** The new window does not end after those that were judged before it: it decides nothing. */
  outOfOrder: boolean;
}

/**
 * Chooses the checks that count for a new one: scheduled ones of the model that serves, since it last began to serve,
 * without windows that came out of order or end in the future.
 * @param earlier oldest first as they were recorded, any mode and model
 * @param check the new one
 * @param now ISO 8601
 */
export function countedChecks(
  earlier: readonly CheckEntry[],
  sha256: string,
  { asked, window }: Pick<CheckEntry, 'asked' | 'window'>,
  now: string,
): CountedChecks {
  const scheduled = earlier.filter(({ mode }) => mode === 'scheduled');
  const since = scheduled.findLastIndex(({ model }) => model.sha256 !== sha256) + 1;
  const limit = Date.parse(now) + CLOCK_SKEW_MS;
  const past = ordered(scheduled.slice(since)).filter(({ window: { to } }) => Date.parse(to) <= limit);
  return {
    checks: past.sort((a, b) => Date.parse(a.window.to) - Date.parse(b.window.to)),
    outOfOrder: isOutOfOrder({ asked, window, at: Date.parse(now) }, past),
  };
}
