import type { DefinitionKeys } from '../definition/keys.js';
import type { CandidateKind, CandidateOptions } from '../ml/learners/index.js';
import type { CustomKind } from './learner.js';

export type {
  ApprovalPolicy,
  CorsPolicy,
  DeploymentPolicy,
  FunctionSettings,
  JudgePolicy,
  Strategy,
  TrafficStep,
} from '../definition/deployment-schema.js';
export type { CalibrationMethod, SearchPolicy, ThresholdRule } from '../definition/learning-schema.js';
export type {
  DriftPolicy,
  ModelCard,
  MonitoringPolicy,
  PerformancePolicy,
  RequestPolicy,
  RetrainingPolicy,
} from '../definition/monitoring-schema.js';
export type { ColumnDefinition, Dialect, Encoding, TargetDefinition } from '../definition/table-schema.js';

/** A complete, checked definition: no optional fields, every default filled in (see `src/definition/definition.ts`). */
export interface Definition extends DefinitionKeys {
  candidates: CandidateDefinition[];
}

/** Every kind that a candidate may have. */
export type LearnerKind = CandidateKind | CustomKind;

/** Options to be tried, written out when the definition is read: whoever reads a run's history sees every one. */
export interface OptionSearch<O> {
  method: 'grid' | 'random';
  /** Complete and distinct, at least two; the first is the candidate's own `options`. */
  trials: O[];
}

/** `name` is unique within a definition and defaults to the kind. */
export interface CandidateOf<K extends LearnerKind, O> {
  kind: K;
  name: string;
  options: O;
  /** `null` when the options are given. */
  search: OptionSearch<O> | null;
}

/** A candidate of a built-in kind, with the options of that kind. */
export type BuiltInCandidate<K extends CandidateKind = CandidateKind> = {
  [kind in K]: CandidateOf<kind, CandidateOptions[kind]>;
}[K];

/** A candidate of a registered learner; its name defaults to what follows the slash of its kind. */
export interface CustomCandidate extends CandidateOf<CustomKind, Record<string, unknown>> {
  /** Of the learner, when the definition was read: no other version may fit it. */
  version: string;
}

/** A candidate of any kind, or of those that are named. */
export type CandidateDefinition<K extends LearnerKind = LearnerKind> =
  BuiltInCandidate<Extract<K, CandidateKind>> | Extract<CustomCandidate, { kind: K }>;

/** A candidate with the options of one of its trials, and no search any more. */
export const withOptions = (
  candidate: CandidateDefinition,
  options: CandidateDefinition['options'],
): CandidateDefinition => ({ ...candidate, options, search: null }) as CandidateDefinition; // trials are of its kind
