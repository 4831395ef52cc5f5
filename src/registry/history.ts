import { isDeepStrictEqual } from 'node:util';
import type { PortableFiles } from '../contracts/results.js';
import type { Alias, Lineage, LogEntry, ModelVersion, Recordable, TrafficShare, VersionDraft } from './registry.js';

/** A version as its file has it: what happens later is in the log. */
export type StoredVersion = Omit<VersionDraft, 'portable' | 'golden' | 'lineage'> &
  Pick<ModelVersion, 'version' | 'createdAt'> & {
    /** Absent in files that were written before models had them. */
    portable?: PortableFiles | null;
    golden?: VersionDraft['golden'];
    lineage: EarliestLineage;
  };

/** What a file has had from the beginning, and what came later. */
type EarliestLineage = Omit<Lineage, LaterField> & Partial<Pick<Lineage, LaterField>>;
type LaterField = 'commit' | 'definition' | 'matrix' | 'options';

/** The version with the latest verdict of the gate and its decisions, oldest first. */
export function withHistory(stored: StoredVersion, log: LogEntry[]): ModelVersion {
  const { portable = null, golden = null, lineage } = stored;
  const { commit = null, definition = null, matrix = null, options = null } = lineage;
  const whole: ModelVersion = {
    ...stored,
    portable,
    golden,
    lineage: { ...lineage, commit, definition, matrix, options },
    decisions: [],
  };
  for (const entry of log) {
    if (entry.event === 'gate' && entry.version === stored.version)
      whole.gate = { passed: entry.passed, checks: entry.checks };
    if (entry.event === 'decision' && entry.version === stored.version) {
      const { decision, by, reason, at, run } = entry;
      whole.decisions.push({ decision, by, reason, at, run });
    }
  }
  return whole;
}

/** Every alias that points somewhere. */
export function pointersOf(log: LogEntry[]): Map<Alias, number> {
  const pointers = new Map<Alias, number>();
  for (const entry of log) {
    if (entry.event !== 'alias') continue;
    if (entry.version === null) pointers.delete(entry.alias);
    else pointers.set(entry.alias, entry.version);
  }
  return pointers;
}

/** True when recording it once more would say nothing new; `record` of the registry tells what that means. */
export function saidBefore(log: LogEntry[], said: Recordable): boolean {
  if (said.event === 'traffic') {
    const latest = log.findLast((known) => known.event === 'traffic' && known.target === said.target);
    return latest?.event === 'traffic' && isDeepStrictEqual(inOrder(latest.shares), inOrder(said.shares));
  }
  return log.some((known) => {
    if (known.event === 'alias' || known.event === 'traffic') return false;
    if (known.event !== said.event || known.version !== said.version || known.run !== said.run) return false;
    if (known.event === 'decision' && said.event === 'decision') return known.decision === said.decision;
    if (known.event === 'rolled-back' && said.event === 'rolled-back') return known.target === said.target;
    return true;
  });
}

/** The order in which shares are told means nothing. */
const inOrder = (shares: TrafficShare[]): TrafficShare[] =>
  [...shares].sort((a, b) => (a.functionVersion < b.functionVersion ? -1 : 1));
