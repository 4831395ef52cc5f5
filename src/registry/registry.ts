import type { ArtifactRef } from '../contracts/artifact.js';
import type { MetricTable } from '../contracts/metrics.js';
import type { GateCheck, HoldoutResult } from '../contracts/results.js';

/** Where a version came from: enough to make it again and to know which rows it has seen. */
export interface Lineage {
  workflowId: string;
  runId: string;
  datasetUri: string;
  datasetSha256: string;
  sourceSha256: string;
  definitionSha256: string;
  codeVersion: string;
  candidate: string;
  profile: ArtifactRef;
  /** Sorted fingerprints of the rows it was trained on. */
  trainingRows: ArtifactRef;
}

/** What is registered; the registry adds number and time. */
export interface VersionDraft {
  name: string;
  model: ArtifactRef;
  /** Level of the intervals in `crossValidated`. */
  confidence: number;
  crossValidated: MetricTable;
  holdout: HoldoutResult;
  gate: { passed: boolean; checks: GateCheck[] };
  lineage: Lineage;
}

export interface ModelVersion extends VersionDraft {
  version: number;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** `champion` serves behind the model's own function and alias, `champion@<function>:<alias>` behind another one. */
export type ChampionAlias = 'champion' | `champion@${string}`;

/** `candidate` is the latest version that passed its gate. */
export type Alias = ChampionAlias | 'candidate';

/** The alias that says which version serves behind a function's alias. */
export const championAlias = (model: string, target: { functionName: string; alias: string }): ChampionAlias =>
  target.functionName === model && target.alias === LIVE
    ? 'champion'
    : `champion@${target.functionName}:${target.alias}`;

/** Function alias of a model's main deployment. */
const LIVE = 'live';

/** One line of the append-only log from which the aliases are read. */
export interface Promotion {
  sequence: number;
  at: string;
  alias: Alias;
  /** `null` takes the alias away, which undoes a first promotion. */
  version: number | null;
  previous: number | null;
  by: string;
  reason: string;
}

/** Versions, aliases and their history. Every write may be repeated without a second effect. */
export interface ModelRegistry {
  models(): Promise<string[]>;
  versions(name: string): Promise<ModelVersion[]>;
  /** Throws when there is no such version. */
  version(name: string, version: number): Promise<ModelVersion>;
  /**
   * Gives the existing version when these very model bytes are registered already; a gate that judged it differently
   * this time is written down.
   */
  register(draft: VersionDraft): Promise<ModelVersion>;
  alias(name: string, alias: Alias): Promise<ModelVersion | null>;
  /** Every alias that points somewhere, with its version. */
  aliases(name: string): Promise<Map<Alias, number>>;
  /** Appends to the promotion log, unless the alias points there already. */
  setAlias(name: string, change: Pick<Promotion, 'alias' | 'version' | 'by' | 'reason'>): Promise<void>;
  promotions(name: string): Promise<Promotion[]>;
}
