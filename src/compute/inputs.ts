import type { ArtifactRef } from '../contracts/artifact.js';
import type { CandidateDefinition, Definition, MonitoringPolicy } from '../contracts/definition.js';
import type { Estimate, MetricName } from '../contracts/metrics.js';
import type { Comparison, TimeWindow } from '../contracts/monitoring.js';
import type { MeasuredTrial, NestedResult } from '../contracts/option-search.js';
import type { LeaderboardRow, Warning } from '../contracts/results.js';
import type { ModelVersion } from '../registry/registry.js';

export interface ProfileInput {
  dataset: ArtifactRef;
  columns: string[];
}

export interface FeaturesInput extends Pick<Definition, 'columns' | 'split'> {
  dataset: ArtifactRef;
  folds: number;
}

export interface CrossValidateInput extends Pick<
  Definition,
  'columns' | 'split' | 'validation' | 'calibration' | 'threshold'
> {
  matrix: ArtifactRef;
  candidate: CandidateDefinition;
  /** Feature to leave out, `null` for none. */
  without: string | null;
}

/** Of one candidate whose options were searched. */
export interface NestedRepeatInput extends Omit<CrossValidateInput, 'candidate' | 'without'> {
  /** The candidate with the options of each trial that was measured. */
  trials: CandidateDefinition[];
  /** 0 for the first. */
  repeat: number;
  innerFolds: number;
  /** What options are chosen by. */
  metric: MetricName;
}

export interface ConcludeSearchInput extends Pick<Definition, 'validation' | 'calibration' | 'threshold'> {
  /** Its search holds all trials, also those that were not measured. */
  candidate: CandidateDefinition;
  metric: MetricName;
  /** At least one, in the order of the definition. */
  trials: MeasuredTrial[];
  /** At least one. */
  nested: NestedResult[];
  /** What the search itself has to say. */
  warnings: Warning[];
}

export interface FitInput extends Pick<
  Definition,
  'columns' | 'split' | 'validation' | 'target' | 'model' | 'calibration' | 'threshold'
> {
  matrix: ArtifactRef;
  /** With the options that were chosen. */
  candidate: CandidateDefinition;
  crossValidated: LeaderboardRow['metrics'];
  datasetSha256: string;
  definitionSha256: string;
  codeVersion: string;
}

export interface EvaluateInput extends Pick<Definition, 'columns' | 'split' | 'validation'> {
  matrix: ArtifactRef;
  /** The candidate, fitted on all training rows. */
  model: ArtifactRef;
  /** Calibrated scores of the rows that cross-validation used; see `FitResult`. */
  outOfFold: ArtifactRef;
}

export interface JudgeInput {
  matrix: ArtifactRef;
  model: ArtifactRef;
  metric: MetricName;
  crossValidated: LeaderboardRow['metrics'];
  /** Level of the intervals in `crossValidated`. */
  confidence: number;
  minimumRowsPerClass: number;
  /** Level of the interval of the difference. */
  championConfidence: number;
  seed: number;
  champion: Pick<ModelVersion, 'version' | 'model' | 'crossValidated' | 'confidence'> & { trainingRows: ArtifactRef };
}

export interface CompareWindowInput {
  /** `file:` URI under which predictions are captured. */
  captureUri: string;
  model: string;
  sha256: string;
  window: TimeWindow;
  policy: MonitoringPolicy;
  reference: ArtifactRef;
  /** The metric of the performance policy at training. */
  crossValidated: Estimate;
  seed: number;
}

export type CompareWindowOutput = Omit<Comparison, 'model'>;
