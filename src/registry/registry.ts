import type { ArtifactRef, MetricTable } from '../contracts/values.js';
import type { CandidateDefinition } from '../contracts/definition.js';
import type { RunOrigin } from '../contracts/identity.js';
import type { GoldenRequest } from '../contracts/model.js';
import type { Proof } from '../contracts/vocabulary.js';
import { MAIN_ALIAS } from '../contracts/names.js';
import type { ReportLineage, GateCheck, HoldoutResult, PortableFiles } from '../contracts/results.js';

/** Where a version came from: enough to make it again and to know which rows it has seen. */
export interface Lineage extends ReportLineage {
  profile: ArtifactRef;
  /** Fingerprints of the rows it was trained on, under a key of the store: like `reference` and `matrix` they stay in it. */
  trainingRows: ArtifactRef;
  /** What its inputs and scores were like at training, which monitoring compares with: up to 10,000 rows by every value. */
  reference: ArtifactRef;
  /** Curves, calibration and importances for reports. */
  evaluation: ArtifactRef;
  /** What the candidate was fitted with; of one whose options were searched, the winning trial's. */
  options: CandidateDefinition['options'];
  /** The whole definition of the run, as JSON. */
  definition: ArtifactRef;
  /** Features, labels and roles of all rows: what two versions are compared on. It stays in the store of the run. */
  matrix: ArtifactRef;
}

/** What is registered; the registry adds number and time. */
export interface VersionDraft {
  name: string;
  model: ArtifactRef;
  /** The model for other languages: ONNX, and what MLflow needs to load it; `null` for an own kind. */
  portable: PortableFiles | null;
  /** Level of the intervals in `crossValidated`. */
  confidence: number;
  crossValidated: MetricTable;
  holdout: HoldoutResult;
  gate: { passed: boolean; checks: GateCheck[] };
  /** Requests and what the model answered to them when it was registered: what a smoke test asks for. */
  golden: GoldenRequest[];
  lineage: Lineage;
}

/** What a version is: the SHA-256 of its record as it was written, and of its model document. */
export interface VersionDigests {
  record: string;
  model: string;
}

/** What a person, or a rule in their place, said about a version. */
export interface Decision {
  /** What was decided on. */
  digests: VersionDigests;
  decision: 'approved' | 'rejected';
  by: string;
  /** How far `by` is proved, `null` for a rule. */
  proof: Proof | null;
  reason: string;
  /** ISO 8601, UTC. */
  at: string;
  run: string;
}

/** A registered version. */
export interface ModelVersion extends VersionDraft {
  version: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Oldest first; read from the log, as is a gate that judged again. */
  decisions: Decision[];
}

/** `champion` serves behind the model's own function and alias, `champion@<function>:<alias>` behind another one. */
export type ChampionAlias = 'champion' | `champion@${string}`;

/** `candidate` is the latest version that passed its gate. */
export type Alias = ChampionAlias | 'candidate';

/** The alias that says which version serves behind a function's alias. */
export const championAlias = (model: string, target: { functionName: string; alias: string }): ChampionAlias =>
  target.functionName === model && target.alias === MAIN_ALIAS
    ? 'champion'
    : `champion@${target.functionName}:${target.alias}`;

/** The other way round: the target of a champion's alias, `null` for another alias. */
export function targetOf(model: string, alias: Alias): Target | null {
  if (alias === 'champion') return `${model}:${MAIN_ALIAS}`;
  return alias.startsWith('champion@') ? (alias.slice('champion@'.length) as Target) : null;
}

/** A function and its alias, `function:alias`. */
export type Target = `${string}:${string}`;

/** What a function version gets of a target's requests. */
export interface TrafficShare {
  /** Registered version, `null` when unknown. */
  version: number | null;
  functionVersion: string;
  percent: number;
}

/** What can happen to a model and its versions, as callers tell it. */
type Happening =
  | { event: 'gate'; version: number; passed: boolean; checks: GateCheck[]; run: string }
  | { event: 'decision'; version: number; decision: 'approved' | 'rejected'; run: string }
  | { event: 'traffic'; target: Target; shares: TrafficShare[] }
  | { event: 'rolled-back'; version: number; target: Target; run: string }
  /** Captured lines and labels of a prediction were removed; it is named by the SHA-256 of its id. */
  | { event: 'forgotten'; predictionSha256: string; lines: number; labels: number }
  | ApproverEvent;

/** A person's public key is enrolled, base64 of its 32 bytes, or with `null` taken away; in the log of approvers alone. */
export interface ApproverEvent {
  event: 'approver';
  name: string;
  publicKey: string | null;
}

/**
 * What can happen to a model; one line of its log. `begun` is the first of every log, `registered` makes a version, a
 * version `written-off` is gone for good and loses its aliases, an alias on version `null` is taken away.
 */
export type RegistryEvent =
  | Happening
  | { event: 'begun' }
  | { event: 'registered'; version: number; run: string; origin: RunOrigin | null }
  | { event: 'written-off'; version: number }
  | { event: 'alias'; alias: Alias; version: number | null; previous: number | null };

/** Who caused an event, and why. */
export interface Cause {
  by: string;
  /** How far it is proved that this person did; left out where a run or a rule did. */
  proof?: Proof;
  reason: string;
}

/** An event that `record` takes; the registry has methods of their own for the others. */
export type Recordable = Happening & Cause;

/** An event as it is appended: with what the versions are that it names, by their number; unknown ones are left out. */
export type Statement = RegistryEvent & Cause & { digests: Record<number, VersionDigests> };

/** Who vouches for a log up to an entry. */
export interface EntrySignature {
  /** Public key, base64 of its SubjectPublicKeyInfo in DER. */
  key: string;
  /** Base64 of the signature over the model's name and the entry's number and hash. */
  value: string;
}

/** An event with its place in the chain: each entry holds the hash of the one before, and its writer's signature. */
export type LogEntry = Statement & {
  /** 1 for the first. */
  sequence: number;
  /** ISO 8601, UTC. */
  at: string;
  /** 64 zeros for the first. */
  previousHash: string;
  hash: string;
  signature: EntrySignature;
};

/**
 * Versions, aliases and the log of what happened to them. Every write may be repeated without a second effect. The log
 * says which versions there are, and what: whatever reads it, and that is all but `models`, throws a PipelineFailure
 * `LogTampered` when the log, or a version's record, is not what was written.
 */
export interface ModelRegistry {
  models(): Promise<string[]>;
  /** Lowest first; without those whose record is gone, and those that were written off. */
  versions(name: string): Promise<ModelVersion[]>;
  /**
   * Throws a PipelineFailure `VersionMissing` when there never was such a version, and `RegistryUnusable` when its record
   * is gone. A registry that keeps artifacts itself brings those that the store lacks back into it, whatever is in the
   * lineage but `matrix`, `reference` and `trainingRows`, and throws `ArtifactCorrupt` when one of them does not have its
   * hash. So do `alias` and `register`.
   */
  version(name: string, version: number): Promise<ModelVersion>;
  /**
   * Gives the existing version when these very model bytes are registered already; a gate that judged it differently
   * this time, passed or refused, is appended to the log.
   */
  register(draft: VersionDraft): Promise<ModelVersion>;
  alias(name: string, alias: Alias): Promise<ModelVersion | null>;
  /** Every alias that points somewhere, with its version, whether its record is there or not. */
  aliases(name: string): Promise<Map<Alias, number>>;
  /** Appends to the log, unless the alias points there already. Throws as `version` does. */
  setAlias(name: string, change: { alias: Alias; version: number | null } & Cause): Promise<void>;
  /**
   * Appends to the log, unless it was said before: the latest shares of a target, a decision or a gate of the same
   * run on a version, a run's rollback of a version. Throws as `version` does; versions in traffic shares are not looked
   * up.
   */
  record(name: string, entry: Recordable): Promise<void>;
  /**
   * Says for good that the record of a version is gone; its aliases go with it. Throws a PipelineFailure `VersionMissing`
   * when there never was such a version, and `RegistryUnusable` when it is there.
   */
  writeOff(name: string, lost: { version: number } & Cause): Promise<void>;
  /**
   * Numbers of records of versions that the log does not have, or no more, lowest first: of a writer that was killed before
   * it wrote the log, or of nobody who may write. They are no versions, and nothing serves them.
   */
  unregistered(name: string): Promise<number[]>;
  /** Oldest first, verified. */
  log(name: string): Promise<LogEntry[]>;
}
