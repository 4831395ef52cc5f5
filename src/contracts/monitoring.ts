import type { ArtifactRef, ReportAddress } from './values.js';
import type { Definition } from './definition.js';
import type { RunOrigin } from './identity.js';
import type { OfStore } from './names.js';
import type { CheckEntry } from '../report/schema/check.js';
import type { ColumnDrift, PerformanceFinding, WindowSummary } from '../report/schema/drift-report.js';

export type { CheckDecision, CheckEntry, Episode } from '../report/schema/check.js';
export type {
  ColumnCounts,
  ColumnDrift,
  ColumnHistogram,
  EstimatedPerformance,
  Hypothesis,
  Performance,
  PerformanceFinding,
  WindowRequests,
  WindowSummary,
} from '../report/schema/drift-report.js';

/** What was concluded from the distributions of a window. */
export type DriftState = CheckEntry['drift'];
/** How a check stands to an episode. */
export type AlarmState = CheckEntry['decision']['state'];
/** Whether a check has effects, or only looks. */
export type CheckMode = CheckEntry['mode'];
/** What a column is to the model. */
export type ColumnRole = ColumnDrift['role'];

/** What a check says of the requests of its window. */
export type RequestFinding = CheckEntry['requests'] & {
  /** In a sentence, `''` when none was refused. */
  found: string;
};

/** A retraining as the registry keeps it. */
export interface RetrainingEntry {
  /** Workflow id of the retraining. */
  run: string;
  cause: 'drift' | 'performance' | 'schedule';
  /** ISO 8601, UTC. */
  startedAt: string;
  datasetSha256: string;
  definitionSha256: string;
  /** `null` while it runs. */
  outcome: 'deployed' | 'refused' | 'rejected' | 'rolled-back' | 'failed' | 'cancelled' | null;
  /** Workflow id of the training run. */
  training: string;
}

/** A window against the reference, before anything is concluded from it; what it found in full is in `details`. */
export interface Comparison {
  model: CheckEntry['model'];
  rows: number;
  drift: DriftState;
  /** Columns with a drifted hypothesis, and the names of at most {@link MOST_NAMES} of them. */
  driftedCount: number;
  driftedColumns: string[];
  evidentlyDrift: boolean;
  largestEffect: CheckEntry['largestEffect'];
  performance: CheckEntry['performance'] & Pick<PerformanceFinding, 'found'>;
  requests: RequestFinding;
  /** A {@link ComparisonDetails} as JSON. */
  details: ArtifactRef;
}

/** A comparison in full, as the report of its check shows it. */
export interface ComparisonDetails {
  window: WindowSummary;
  /** Rows that the reference was made from; exact up to a bound, above it a sketch. */
  reference: { rows: number; exact: boolean };
  columns: ColumnDrift[];
  performance: PerformanceFinding;
}

/** After the server was down, checks that were due longer ago than so many intervals are not made up for. */
export const CATCH_UP_INTERVALS = 2;

/** Names of columns that a check tells of; its report has them all. */
export const MOST_NAMES = 20;

/** What a drift check is asked for. */
export interface CheckInput extends OfStore {
  /** Names the model, where it serves and how it is watched; a retraining learns by it. */
  definition: Definition;
  /** `scheduled` counts for later checks, alerts and retrains; the others only look. */
  mode: CheckMode;
  /** End of the window, `null` for the scheduled time, or now. */
  to: string | null;
  /** Minutes, `null` for those of the policy. */
  windowMinutes: number | null;
}

/** A report of a check as it was written. */
export interface CheckReport extends ReportAddress {
  /** There is a server that is to show the check as a snapshot. */
  snapshot?: true;
}

/** How a check ended. */
export interface CheckOutcome {
  entry: CheckEntry;
  /** `null` when it could not be written. */
  report: ReportAddress | null;
  details: ArtifactRef;
  /** Address of its snapshot in Evidently, absent without such a server or when it could not be pushed. */
  snapshot?: string;
  /** What came of a retraining that the check asked for, `''` when it asked for none. */
  retraining: string;
  /** What could not be done, in sentences: sinks that were not told, a report that was not written, a snapshot that was not pushed. */
  troubles: string[];
}

/** That retraining paused itself. */
export interface RetrainingPause {
  /** ISO 8601, UTC. */
  at: string;
  /** Workflow id and run id of the retraining that led to it. */
  run: string;
}

/** That a retraining failed, for those who have yet to be told. */
export interface RetrainingFailure {
  /** Workflow id and run id. */
  run: string;
  /** ISO 8601, UTC. */
  at: string;
  /** What a person is told, in sentences. */
  message: string;
}

/** What a retraining is asked for. */
export interface RetrainInput extends OfStore {
  definition: Definition;
  cause: RetrainingEntry['cause'];
  /** Why it began; left out, by its schedule. */
  origin?: RunOrigin;
}

/** `held-back`: a brake held it, `reason` says which. */
export type RetrainOutcome =
  | { outcome: 'held-back'; reason: string }
  | { outcome: NonNullable<RetrainingEntry['outcome']>; reason: string; training: string };

/** What a person is told, once per episode. */
export interface Alert {
  /** The same in every try of the same alert, for receivers that drop repeats. */
  id: string;
  kind: 'drift' | 'performance' | 'refused-requests' | 'retraining-paused' | 'retraining-failed';
  model: { name: string; version: number };
  /** ISO 8601, UTC. */
  at: string;
  /** In a sentence, with numbers; no cell values. */
  message: string;
  report: string | null;
}
