import { isDeepStrictEqual } from 'node:util';
import { type RunOrigin, whyItBegan } from '../contracts/identity.js';
import type {
  Alias,
  LogEntry,
  ModelVersion,
  Recordable,
  RegistryEvent,
  TrafficShare,
  VersionDigests,
  VersionDraft,
  Cause,
  Lineage,
} from './registry.js';

/** A version as its record has it: what happens later, and when it was registered, is in the log. */
export type StoredVersion = VersionDraft & Pick<ModelVersion, 'version'>;

/** What the log says of a version from the time that it was registered. */
export interface Registration {
  digests: VersionDigests;
  /** ISO 8601, UTC. */
  at: string;
  /** Workflow id and run id. */
  run: string;
  origin: RunOrigin | null;
  writtenOff: boolean;
}

/** Every version that was ever registered, by its number. */
export function registrationsOf(log: LogEntry[]): Map<number, Registration> {
  const known = new Map<number, Registration>();
  for (const entry of log) {
    if (entry.event === 'registered') {
      const { version, at, run, origin } = entry;
      known.set(version, { digests: entry.digests[version]!, at, run, origin, writtenOff: false });
    } else if (entry.event === 'written-off') {
      known.get(entry.version)!.writtenOff = true;
    }
  }
  return known;
}

/** Numbers of the versions that there should be, lowest first. */
export const versionsIn = (log: LogEntry[]): number[] =>
  [...registrationsOf(log)].flatMap(([version, { writtenOff }]) => (writtenOff ? [] : [version])).sort((a, b) => a - b);

/** Those of the numbers that are of no version that there should be, lowest first. */
export function notIn(log: LogEntry[], numbers: number[]): number[] {
  const known = versionsIn(log);
  return numbers.filter((number) => !known.includes(number)).sort((a, b) => a - b);
}

/** What the versions are that an event names, by their numbers. */
export function digestsIn(event: RegistryEvent, log: LogEntry[]): Record<number, VersionDigests> {
  const known = registrationsOf(log);
  const named = event.event === 'traffic' ? event.shares : 'version' in event ? [event] : [];
  const digests: Record<number, VersionDigests> = {};
  for (const { version } of named) {
    const found = version === null ? undefined : known.get(version);
    if (version !== null && found !== undefined) digests[version] = found.digests;
  }
  return digests;
}

/** The version with the latest verdict of the gate and its decisions, oldest first. */
export function withHistory(stored: StoredVersion, { at }: Pick<Registration, 'at'>, log: LogEntry[]): ModelVersion {
  const whole: ModelVersion = { ...stored, createdAt: at, decisions: [] };
  for (const entry of log) {
    if (entry.event === 'gate' && entry.version === stored.version)
      whole.gate = { passed: entry.passed, checks: entry.checks };
    if (entry.event === 'decision' && entry.version === stored.version) {
      const { decision, by, proof = null, reason, at, run, digests, version } = entry;
      whole.decisions.push({ decision, by, proof, reason, at, run, digests: digests[version]! });
    }
  }
  return whole;
}

/** Every alias that points somewhere. */
export function pointersOf(log: LogEntry[]): Map<Alias, number> {
  const pointers = new Map<Alias, number>();
  for (const entry of log) {
    if (entry.event === 'written-off')
      for (const [alias, version] of pointers) if (version === entry.version) pointers.delete(alias);
    if (entry.event !== 'alias') continue;
    if (entry.version === null) pointers.delete(entry.alias);
    else pointers.set(entry.alias, entry.version);
  }
  return pointers;
}

/** The version that an event is about, `null` for one of none. */
export const subjectOf = (said: Recordable): number | null => ('version' in said ? said.version : null);

/** True when recording it once more would say nothing new; `record` of the registry tells what that means. */
export function saidBefore(log: LogEntry[], said: Recordable): boolean {
  if (said.event === 'traffic') {
    const latest = log.findLast((known) => known.event === 'traffic' && known.target === said.target);
    return latest?.event === 'traffic' && isDeepStrictEqual(inOrder(latest.shares), inOrder(said.shares));
  }
  if (said.event === 'forgotten') return false; // each time something else was found
  if (said.event === 'approver') {
    const latest = log.findLast((known) => known.event === 'approver' && known.name === said.name);
    return latest?.event === 'approver' && latest.publicKey === said.publicKey;
  }
  return log.some((known) => {
    if (known.event !== said.event || known.version !== said.version || known.run !== said.run) return false;
    if (known.event === 'decision' && said.event === 'decision') return known.decision === said.decision;
    if (known.event === 'rolled-back' && said.event === 'rolled-back') return known.target === said.target;
    return true;
  });
}

/** The order in which shares are told means nothing. */
const inOrder = (shares: TrafficShare[]): TrafficShare[] =>
  [...shares].sort((a, b) => (a.functionVersion < b.functionVersion ? -1 : 1));

/** How every log begins: by whom its second entry is, and as far as that is proved. */
export const begunBy = ({
  by,
  proof,
}: Pick<Cause, 'by' | 'proof'>): Extract<RegistryEvent, { event: 'begun' }> & Cause => ({
  event: 'begun',
  by,
  reason: 'the first entry of every log',
  ...(proof === undefined ? {} : { proof }),
});

/** A new version. */
export const registered = (
  version: number,
  { workflowId, runId, origin }: Lineage,
): Extract<RegistryEvent, { event: 'registered' }> & Cause => ({
  event: 'registered',
  version,
  run: `${workflowId}/${runId}`,
  origin,
  by: workflowId,
  reason: whyItBegan(origin),
});

/** The gate found otherwise this time. */
export const judgedAgain = (
  version: number,
  gate: VersionDraft['gate'],
  { workflowId: run }: Lineage,
): Extract<RegistryEvent, { event: 'gate' }> & Cause => ({
  event: 'gate',
  version,
  ...gate,
  run,
  by: run,
  reason: 'judged again',
});
