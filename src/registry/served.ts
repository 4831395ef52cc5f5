import { PipelineFailure } from '../contracts/failures.js';
import type { RollbackInput } from '../contracts/pipeline.js';
import type { Proof } from '../contracts/vocabulary.js';
import { pointersOf } from './history.js';
import { type Alias, championAlias, type LogEntry, type Target, type TrafficShare } from './registry.js';

/** What served behind a target, since when (ISO 8601, UTC), who set it so and why. */
export interface Served {
  shares: TrafficShare[];
  since: string;
  by: string;
  /** How far a person's name is proved, `null` for a run or a rule. */
  proof: Proof | null;
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
  const { shares, at: since, by, proof = null, reason } = entry;
  return { shares, since, by, proof, reason };
}

/**
 * Versions that an alias pointed to before the present one, latest first and each once. The present one is not among
 * them, though one that was rolled back is; all of them are when the alias was taken away. Those that were written off are not.
 */
export function previousChampions(log: LogEntry[], alias: Alias): number[] {
  const pointed = log.flatMap((entry) => (entry.event === 'alias' && entry.alias === alias ? [entry.version] : []));
  const present = pointersOf(log).get(alias) ?? null;
  const lost = log.flatMap((entry) => (entry.event === 'written-off' ? [entry.version] : []));
  const earlier = pointed.reverse().filter((version): version is number => version !== null && version !== present);
  return [...new Set(earlier)].filter((version) => !lost.includes(version));
}

/**
 * The version to go back to: the one that was replaced by the present one. Going back takes a version off the pile, so
 * going back twice does not bring the first one again. `null` when there is none.
 */
export function championBefore(log: LogEntry[], alias: Alias): number | null {
  let pile: number[] = [];
  for (const entry of log) {
    if (entry.event === 'written-off')
      pile = pile.at(-1) === entry.version ? [] : pile.filter((version) => version !== entry.version);
    if (entry.event !== 'alias' || entry.alias !== alias) continue;
    const { version } = entry;
    if (version === null) pile = [];
    else if (pile.includes(version)) pile = pile.slice(0, pile.indexOf(version) + 1);
    else pile.push(version);
  }
  return pile.at(-2) ?? null;
}

/**
 * The version that a rollback goes back to: the one that is asked for, else the one that was replaced by the champion.
 * @param champion that serves by the registry
 * @param time for which the traffic is asked
 * @throws PipelineFailure `RollbackImpossible` when there is none, it serves already, or it never was champion here
 */
export function rollbackVersion(
  log: LogEntry[],
  champion: number,
  { model, to, functionName, alias, again }: RollbackInput,
  time: Date,
): number {
  const name = championAlias(model, { functionName, alias });
  const version = to ?? championBefore(log, name);
  if (version === null)
    throw rollbackImpossible(
      `Version ${champion} of ${model} is the first that served, there is none before it; name one with --to.`,
    );
  // A deployment that was terminated may have left the alias elsewhere than the champion.
  const shares = servedAt(log, `${functionName}:${alias}`, time)?.shares ?? [];
  const astray = shares.some((share) => share.version !== champion);
  if (version === champion && !astray && !again)
    throw rollbackImpossible(`Version ${version} of ${model} serves already.`);
  const earlier = previousChampions(log, name);
  if (version !== champion && !earlier.includes(version))
    throw rollbackImpossible(
      `Version ${version} of ${model} never served behind ${functionName}:${alias}, so it is not approved there; choose from ${earlier.join(', ') || 'none'}.`,
    );
  return version;
}

/** Why there is nothing to go back to. */
export const rollbackImpossible = (message: string) => new PipelineFailure('RollbackImpossible', message);

/** The version of the function by which a version served behind a target last, `null` when it never did. */
export function functionVersionOf(log: LogEntry[], target: Target, version: number): string | null {
  for (const entry of log.toReversed()) {
    if (entry.event !== 'traffic' || entry.target !== target) continue;
    const share = entry.shares.find((known) => known.version === version);
    if (share !== undefined) return share.functionVersion;
  }
  return null;
}

/** A time during which a version got requests behind a target without a break. */
export interface ServedPeriod {
  target: Target;
  /** The greatest share of the requests that it got, in per cent. */
  percent: number;
  /** ISO 8601, UTC. */
  from: string;
  /** `null` while it lasts. */
  to: string | null;
  /** Who let it serve, how far that is proved (`null` for a run or a rule), and why. */
  by: string;
  proof: Proof | null;
  reason: string;
}

/** When a version served, behind which targets: oldest first. */
export function servedPeriods(log: LogEntry[], version: number): ServedPeriod[] {
  const periods: ServedPeriod[] = [];
  const open = new Map<Target, ServedPeriod>();
  for (const entry of log) {
    if (entry.event !== 'traffic') continue;
    const { target, shares, at, by, proof = null, reason } = entry;
    // A version may be behind a target as several function versions.
    const percent = shares.reduce((sum, share) => sum + (share.version === version ? share.percent : 0), 0);
    const present = open.get(target);
    if (percent === 0) {
      if (present) present.to = at;
      open.delete(target);
    } else if (present) {
      present.percent = Math.max(present.percent, percent);
    } else {
      const period = { target, percent, from: at, to: null, by, proof, reason };
      open.set(target, period);
      periods.push(period);
    }
  }
  return periods;
}
