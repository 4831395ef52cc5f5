import type { Alias, LogEntry, Target, TrafficShare } from './registry.js';

/** What served behind a target, since when (ISO 8601, UTC), who set it so and why. */
export interface Served {
  shares: TrafficShare[];
  since: string;
  by: string;
  reason: string;
}

/**
 * What served behind a target at a time: its latest traffic entry at or before it, in the order of the log. `null` when
 * there was none yet, and for an invalid date.
 */
export function servedAt(log: LogEntry[], target: Target, time: Date): Served | null {
  const entry = log.findLast(
    (known) => known.event === 'traffic' && known.target === target && Date.parse(known.at) <= time.getTime(),
  );
  if (entry?.event !== 'traffic') return null;
  return { shares: entry.shares, since: entry.at, by: entry.by, reason: entry.reason };
}

/**
 * Versions that an alias pointed to before the present one, latest first and each once. The present one is not among
 * them, though one that was rolled back is; all of them are when the alias was taken away.
 */
export function previousChampions(log: LogEntry[], alias: Alias): number[] {
  const pointed = log.flatMap((entry) => (entry.event === 'alias' && entry.alias === alias ? [entry.version] : []));
  const present = pointed.at(-1) ?? null;
  const earlier = pointed.reverse().filter((version): version is number => version !== null && version !== present);
  return [...new Set(earlier)];
}
