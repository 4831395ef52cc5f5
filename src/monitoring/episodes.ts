import type { DriftPolicy } from '../contracts/definition.js';
import type { TimeWindow } from '../contracts/values.js';
import type { Episode, CheckEntry } from '../contracts/monitoring.js';
import { HOUR_MS } from '../contracts/text.js';

/** What one check says about drift, performance or requests. `unknown`: too few rows, labels or requests to say anything. */
export interface Observation {
  /** Ends of its window, milliseconds since 1970. */
  from: number;
  to: number;
  state: 'bad' | 'good' | 'unknown';
  /** The episode that went on after the check, `null` for none. */
  episode: Episode | null;
}

/** Of the latest windows that say something, how many are bad. */
interface LatestWindows {
  bad: number;
  windows: number;
}

/**
 * Counts the latest windows that say something. Of windows that overlap only the latest counts, since they hold the same
 * rows: two of three then are two findings, not one seen twice.
 * @param observations by the end of their windows, ascending
 * @param most windows counted
 */
function countLatest(observations: readonly Observation[], most: number): LatestWindows {
  const latest: LatestWindows = { bad: 0, windows: 0 };
  let before = Infinity;
  for (let i = observations.length - 1; i >= 0 && latest.windows < most; i--) {
    const { from, to, state } = observations[i]!;
    if (state === 'unknown' || to > before) continue;
    before = from;
    latest.windows++;
    if (state === 'bad') latest.bad++;
  }
  return latest;
}

/** How the episode of one kind stands after a check. */
export interface EpisodeStep {
  /** That goes on or begins, `null` for none. */
  episode: Episode | null;
  begins: boolean;
  /** The one that ends with this check. */
  ended: Episode | null;
  latest: LatestWindows;
  /** Enough bad windows for an alarm, the newest among them. */
  confirmed: boolean;
  /** Confirmed, but too soon after the end of another episode: until then, milliseconds since 1970. */
  coolingUntil: number | null;
}

/**
 * Moves the episode of one kind on by one check. It begins with a bad window that is one of `alarm.windows` bad ones
 * among the latest `alarm.of`, at least `cooldownHours` after the end of the one before. It ends with a good window when
 * none of the latest `alarm.of` was bad, nor any within `cooldownHours` before: a difference that comes and goes
 * around a limit stays one episode. Windows that say nothing, and a lack of checks, leave it as it is.
 * @param past observations by the end of their windows, ascending
 */
export function stepEpisode(
  kind: Episode['kind'],
  past: readonly Observation[],
  current: Omit<Observation, 'episode'>,
  { alarm, cooldownHours }: Pick<DriftPolicy, 'alarm' | 'cooldownHours'>,
): EpisodeStep {
  const carried = past.at(-1)?.episode ?? null;
  const all = [...past, { ...current, episode: carried }];
  const latest = countLatest(all, alarm.of);
  const confirmed = current.state === 'bad' && latest.bad >= alarm.windows;
  const step = { latest, confirmed, begins: false, ended: null, coolingUntil: null };
  if (carried !== null) {
    const recent = all.some(({ to, state }) => state === 'bad' && to > current.to - cooldownHours * HOUR_MS);
    const ends = current.state === 'good' && latest.bad === 0 && !recent;
    return ends ? { ...step, episode: null, ended: carried } : { ...step, episode: carried };
  }
  if (!confirmed) return { ...step, episode: null };
  const endedAt = lastEnd(past);
  const coolingUntil = endedAt === null ? null : endedAt + cooldownHours * HOUR_MS;
  if (coolingUntil !== null && current.to < coolingUntil) return { ...step, episode: null, coolingUntil };
  const since = new Date(current.to).toISOString();
  return { ...step, episode: { id: `${kind}-${since}`, kind, since }, begins: true };
}

/** End of the window that ended the latest episode. */
function lastEnd(past: readonly Observation[]): number | null {
  const index = past.findLastIndex(({ episode }, i) => i > 0 && episode === null && past[i - 1]!.episode !== null);
  return index < 0 ? null : past[index]!.to;
}

/** The episode of a kind among those of a check. */
export const episodeOf = (kind: Episode['kind'], episodes: readonly Episode[]): Episode | null =>
  episodes.find((episode) => episode.kind === kind) ?? null;

/** The window's ends as numbers. */
export const spanOf = (window: { from: string; to: string }): Pick<Observation, 'from' | 'to'> => ({
  from: Date.parse(window.from),
  to: Date.parse(window.to),
});

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
interface CountedChecks {
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
