import type { CandidateKind, CandidateOptions } from '../ml/learners/index.js';
import type { ArtifactRef } from './artifact.js';
import type { CustomKind } from './learner.js';
import type { Estimate } from './metrics.js';
import type { Warning } from './warning.js';

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

export type BuiltInCandidate<K extends CandidateKind = CandidateKind> = {
  [kind in K]: CandidateOf<kind, CandidateOptions[kind]>;
}[K];

/** A candidate of a registered learner; its name defaults to what follows the slash of its kind. */
export interface CustomCandidate extends CandidateOf<CustomKind, Record<string, unknown>> {
  /** Of the learner, when the definition was read: no other version may fit it. */
  version: string;
}

export type CandidateDefinition<K extends LearnerKind = LearnerKind> =
  BuiltInCandidate<Extract<K, CandidateKind>> | Extract<CustomCandidate, { kind: K }>;

/** A candidate with the options of one of its trials, and no search any more. */
export const withOptions = (
  candidate: CandidateDefinition,
  options: CandidateDefinition['options'],
): CandidateDefinition => ({ ...candidate, options, search: null }) as CandidateDefinition; // trials are of its kind

/** One trial of an option search and what its cross-validation found. */
export interface MeasuredTrial {
  options: CandidateDefinition['options'];
  /** The selection metric. */
  value: Estimate;
  warnings: Warning[];
}

/** One repeat of nested cross-validation. */
export interface NestedResult {
  /** As JSON: a {@link NestedScores}. */
  scores: ArtifactRef;
  warnings: Warning[];
}

/** Outer folds as their models scored them, not calibrated: n scores and n classes, 0 or 1, for each. */
export interface NestedScores {
  folds: { scores: number[]; labels: number[] }[];
  /** Position of the trial that was chosen for each fold. */
  winners: number[];
}
