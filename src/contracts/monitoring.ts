import type { RunOrigin } from './identity.js';
import type { ArtifactRef } from './artifact.js';
import type { Definition } from './definition.js';
import type { ColumnDrift } from './drift.js';
import type { CalibrationBin, Estimate, MetricName } from './metrics.js';
import type { OfStore, ReportAddress } from './pipeline.js';
import type { RequestFinding, WindowRequests } from './requests.js';

/** Half-open window of time, ISO 8601, UTC. */
export interface TimeWindow {
  from: string;
  to: string;
}

/** What was captured in a window and could be used. */
export interface WindowSummary extends TimeWindow {
  /** Rows of the model that is checked. */
  rows: number;
  /** Rows of other versions of the model, which are not judged. */
  otherVersions: { version: number; sha256: string; rows: number }[];
  /** Lines that are no record of a request, and were left out. */
  brokenLines: number;
  /** Of the model that is checked. */
  requests: WindowRequests;
  /** Rows captured without their inputs. */
  withoutInputs: number;
  /** Names of features captured that the model does not have, and the other way round. */
  unknownFeatures: string[];
  missingFeatures: string[];
}

/** A metric over labelled predictions of a window. */
export interface Performance {
  /** Rows with a label. */
  rows: number;
  positives: number;
  metrics: Record<'rocAuc' | 'accuracy' | 'recall' | 'brier', Estimate>;
  /** Expected calibration error over ten equal-width bins of the score, in [0, 1]. */
  calibrationError: number | null;
  /** Of scores in groups of at least five rows, see `microaggregated`. */
  calibration: CalibrationBin[];
}

/** Metrics expected from calibrated scores alone (confidence-based performance estimation, CBPE): valid only while the labels' relation to the score stays as it was. */
export interface EstimatedPerformance {
  rows: number;
  metrics: Record<'rocAuc' | 'accuracy' | 'recall', number | null>;
}

export interface PerformanceFinding {
  /** `none`: no label is known. `lost`: worse than the policy allows. */
  state: 'none' | 'insufficient' | 'kept' | 'lost';
  /** Of `measured`: labels come late, so it is longer than the check's own. */
  window: TimeWindow;
  measured: Performance | null;
  /** Without labels: what the scores promise, of the rows of the check's own window. */
  estimated: EstimatedPerformance | null;
  metric: MetricName;
  /** Cross-validated value at training. */
  reference: number | null;
  /** In a sentence. */
  found: string;
}

export type DriftState = 'insufficient' | 'no-drift' | 'drift';

/** `suspected`: drifted windows, not yet enough of them. `alarm`: the first moment of an episode. `ongoing`: its later ones. */
export type AlarmState = 'quiet' | 'suspected' | 'alarm' | 'ongoing';

/** An unbroken stretch of drift, of lost performance or of refused requests: one alert each. */
export interface Episode {
  /** Its kind with the time it began: names the episode in alerts and runs. */
  id: string;
  kind: 'drift' | 'performance' | 'refused-requests';
  since: string;
}

/** What a check concludes from its window and the checks before it. */
export interface CheckDecision {
  state: AlarmState;
  /** Episodes that go on or begin with this check. */
  episodes: Episode[];
  /** Those that begin with it: each is alerted once. */
  begun: Episode[];
  /** Why retraining should start now, `null` when it should not. */
  retrain: 'drift' | 'performance' | null;
  /** In a sentence, with numbers. */
  why: string;
}

/** `by-hand` and `backfill` only look: they neither alert nor retrain, nor count for later checks. */
export type CheckMode = 'scheduled' | 'by-hand' | 'backfill';

/** A drift check as the registry keeps it. */
export interface CheckEntry {
  /** Workflow id and run id of the check: recorded once. */
  run: string;
  mode: CheckMode;
  /** Counts like a scheduled one, but somebody asked for it, at a time of their own; absent for others. */
  asked?: true | undefined;
  /** ISO 8601, UTC. */
  at: string;
  model: { name: string; version: number; sha256: string };
  window: TimeWindow;
  rows: number;
  drift: DriftState;
  /** Columns with a drifted hypothesis, and the names of at most {@link MOST_NAMES} of them. */
  driftedCount: number;
  driftedColumns: string[];
  /** Evidently's default: at least half of the columns drifted. */
  evidentlyDrift: boolean;
  performance: Pick<PerformanceFinding, 'state'> & { value: number | null; rows: number };
  requests: Omit<RequestFinding, 'found'>;
  decision: CheckDecision;
  /** Largest effect over the columns, for the trend. */
  largestEffect: { column: string; value: number } | null;
}

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
