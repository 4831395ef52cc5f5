import type { ColumnDrift } from './drift.js';
import type { ExploratoryProfile } from './exploratory.js';
import type { Proof, RunOrigin } from './identity.js';
import type { CalibrationBin, Estimate, MetricName } from './metrics.js';
import type { CheckEntry, PerformanceFinding, WindowSummary } from './monitoring.js';
import type { MonitoringPolicy, CalibrationMethod, ModelCard } from './definition.js';
import type { LearnerKind } from './candidate.js';
import type { PipelineOutcome, PipelineStatus } from './pipeline.js';
import type { ThresholdChoice } from './model.js';

/**
 * How well the chosen candidate separates and is calibrated, from out-of-fold scores of the training rows in groups of at
 * least five, see `microaggregated`: a point for every row would tell each one's class in the order of their scores.
 */
export interface Evaluation {
  /** Rows with an out-of-fold score, and the positives among them. */
  rows: number;
  positives: number;
  /** From (0, 0) to (1, 1), at most 200 points. */
  roc: { falsePositiveRate: number; truePositiveRate: number }[];
  /** From recall 0 to 1, at most 200 points. */
  precisionRecall: { recall: number; precision: number }[];
  /** Ten equal-width bins of the score; empty ones are left out. */
  calibration: CalibrationBin[];
  /** Loss of ROC AUC on the hold-out when a feature's values are shuffled, mean and interval over repeats. */
  importances: { feature: string; loss: Estimate }[];
}

/** Where the model came from. */
export interface ReportLineage {
  workflowId: string;
  runId: string;
  /** Why the run began that trained it; `null` when it did not say. */
  origin: RunOrigin | null;
  datasetUri: string;
  datasetSha256: string;
  sourceSha256: string;
  definitionSha256: string;
  codeVersion: string;
  /** Git commit of the code, `null` outside a checkout. */
  commit: string | null;
  candidate: string;
}

/** `training-report.json`: all that the HTML report of a training run shows. */
export interface TrainingReport {
  kind: 'training-report';
  schemaVersion: 3;
  /** ISO 8601, UTC. */
  createdAt: string;
  model: { name: string; version: number | null; sha256: string | null; candidateKind: LearnerKind | null };
  run: {
    workflowId: string;
    runId: string;
    outcome: PipelineOutcome['outcome'] | 'failed' | 'cancelled';
    reason: string;
    ui: string | null;
  };
  status: PipelineStatus;
  /** Level of all intervals. */
  confidence: number;
  selectionMetric: MetricName;
  features: { name: string; unit: string; range: [number, number] }[];
  labels: { negative: string; positive: string };
  /** Of the registered model, `null` when the run did not come so far. */
  decision: { threshold: number; choice: ThresholdChoice | null; calibration: CalibrationMethod } | null;
  evaluation: Evaluation | null;
  profile: ExploratoryProfile | null;
  lineage: ReportLineage | null;
  decisions: { decision: string; by: string; proof: Proof | null; reason: string; at: string }[];
  card: ModelCard;
}

/** `drift-report.json`: all that the HTML report of a drift check shows. */
export interface DriftReport {
  kind: 'drift-report';
  schemaVersion: 2;
  check: CheckEntry;
  policy: MonitoringPolicy;
  window: WindowSummary;
  reference: { rows: number; exact: boolean };
  columns: ColumnDrift[];
  performance: PerformanceFinding;
  /** Checks before this one, oldest first, at most 100. */
  trend: CheckEntry[];
}
