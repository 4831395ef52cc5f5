import type { Definition } from '../contracts/definition.js';
import type { DriftReport, IngestResult, LeaderboardRow, TrainingReport } from '../contracts/results.js';

/** A training run as it stands when its candidates have been measured. */
export interface TrackedTraining {
  workflowId: string;
  runId: string;
  /** When the workflow began, ISO 8601, UTC: the same in every try, so that no point is logged twice. */
  startedAt: string;
  definition: Definition;
  /** Of the parts of the definition that decide what is learned. */
  definitionSha256: string;
  dataset: IngestResult;
  leaderboard: LeaderboardRow[];
  codeVersion: string;
  /** Git commit of the code, `null` outside a checkout. */
  commit: string | null;
  /** Page of the run in the Web UI, `null` when its address is unknown. */
  ui: string | null;
}

/** A report as it was written. */
export interface ReportFiles {
  html: string;
  json: string;
}

/** Where experiments are followed. Every write may be repeated without a second run, parameter or point. */
export interface RunTracker {
  /** A run for the pipeline and, below it, one for every candidate with its options and the metrics of its folds. */
  trained(training: TrackedTraining): Promise<void>;
  /** Ends the pipeline's run with its outcome, hold-out metrics and reports; makes it first when it never got so far. */
  ended(report: TrainingReport, files: ReportFiles): Promise<void>;
  /** A drift check as a run of its own. */
  checked(report: DriftReport, files: ReportFiles): Promise<void>;
}

/** Follows nothing: runs are in the orchestrator's history and reports in their folder. */
export const noTracker: RunTracker = {
  trained: () => Promise.resolve(),
  ended: () => Promise.resolve(),
  checked: () => Promise.resolve(),
};

/** Where drift checks are shown beside the project's own reports. */
export interface SnapshotPusher {
  /** Puts a check there, once however often it is called, and tells the address of its page. */
  push(report: DriftReport): Promise<string>;
}
