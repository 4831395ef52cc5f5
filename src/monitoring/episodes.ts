import type { Episode } from '../contracts/monitoring.js';
import type { DriftPolicy } from '../contracts/definition.js';
import { HOUR_MS } from '../contracts/time.js';

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
export interface LatestWindows {
  bad: number;
  windows: number;
}

/**
 * Counts the latest windows that say something. Of windows that overlap only the latest counts, since they hold the same
 * rows: two of three then are two findings, not one seen twice.
 * @param observations by the end of their windows, ascending
 * @param most windows counted
 */
export function countLatest(observations: readonly Observation[], most: number): LatestWindows {
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
