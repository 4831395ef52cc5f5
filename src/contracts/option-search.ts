import type { ArtifactRef } from './artifact.js';
import type { CandidateDefinition } from './definition.js';
import type { Estimate } from './metrics.js';
import type { Warning } from './results.js';

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
