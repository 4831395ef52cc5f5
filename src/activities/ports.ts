import type { Project } from '../contracts/names.js';
import type { DownloadLimits } from '../data/download-limits.js';
import type { OpenObject } from '../data/source.js';
import type { Deployer } from '../deploy/deployer.js';
import type { AlertSink } from '../alerts/alert-sink.js';
import type { Identities } from '../registry/prove.js';
import type { MonitoringLog } from '../registry/monitoring-log.js';
import type { ModelRegistry } from '../registry/registry.js';
import type { RunTracker, SnapshotPusher } from '../report/tracking.js';
import type { ReportSink } from '../report/sink.js';
import type { Schedules } from '../vendors/temporal/schedules.js';
import type { ArtifactStore, StepCache } from '../store/artifacts.js';
import type { Compute } from '../compute/pool.js';

/** What activities need from the world; `src/compose/activities.ts` supplies it. */
export interface Ports {
  store: ArtifactStore & StepCache;
  registry: ModelRegistry;
  identities: Identities;
  deployer: Deployer;
  compute: Compute;
  /** Whose work this is. */
  project: Project;
  schedules: Schedules;
  runs: Runs;
  monitoringLog: MonitoringLog;
  reports: ReportSink;
  tracker: RunTracker;
  /** `null` where drift checks are not pushed to another server. */
  snapshots: SnapshotPusher | null;
  alerts: AlertSink[];
  /** How data sets at `s3://bucket/key` are read. */
  openObject: OpenObject;
  /** What data sets may take on their way here, and which private hosts they may come from. */
  downloads: DownloadLimits;
  /** `file:` or `s3:` URI under which captured predictions are. */
  captureUri: string;
  codeVersion: string;
  /** Git commit of the code, `null` outside a checkout. */
  commit: string | null;
  now: () => Date;
  /** Page of a run in the Web UI, `null` when its address is unknown. */
  runUrl: (workflowId: string, runId: string) => string | null;
  running: () => RunningActivity;
}

/** Runs of the orchestrator. */
export interface Runs {
  /** Whether this one, `workflow id/run id`, has not ended. One that is not known any more has. */
  isOpen(run: string): Promise<boolean>;
}

/** The activity running now, as its own code sees it. */
export interface RunningActivity {
  workflowId: string;
  runId: string;
  /** The same in every try of one activity. */
  activityId: string;
  /** Aborted when the activity is cancelled or its worker shuts down. */
  signal: AbortSignal;
  /** Says how far it has come; shown with pending activities in the Web UI. */
  report: (progress: string) => void;
}

/** Names an operation so that a try of it that is repeated is recognised. */
export const operationOf = ({ workflowId, runId, activityId }: RunningActivity) =>
  `${workflowId}/${runId}/${activityId}`;
