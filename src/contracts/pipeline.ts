import type { Deciders } from './decision.js';
import type { DeploymentPolicy, Definition } from './definition.js';
import type { FailureType } from './failures.js';
import type { Claim, Proof, RunOrigin } from './identity.js';
import type { EqualRows, GateVerdict, HoldoutResult, LeaderboardRow, RegisteredModel } from './results.js';
import type { Warning } from './warning.js';
import type { Deployment, Endpoint } from './deployment.js';

/** What of a namespace is one project's: its task queue, and the store that its workers keep everything in. */
export interface Project {
  /** Task queue of workflows and of activities that mostly wait. */
  taskQueue: string;
  /** What the store is known by; workers of another one refuse the run. */
  store: string;
}

/** Part of the input of every run: whose work it is. */
export type OfStore = Pick<Project, 'store'>;

/** Header by which the activities of a run learn of which store it is. */
export const STORE_HEADER = 'mlops-store';

/** Task queue of activities that compute, beside that of their workflow. */
export const computeQueue = (taskQueue: string): string => `${taskQueue}-compute`;

/**
 * A workflow's or schedule's id that other projects of the namespace would use as well, made this project's own. Task queues
 * have no dots, so that no two of these are equal by chance.
 */
export const ownId = (id: string, taskQueue: string): string => `${id}.${taskQueue}`;

/** Workflow types by the names that client and schedules start them with. */
export const TRAINING_PIPELINE = 'trainingPipeline';
export const ROLLBACK = 'rollbackModel';
export const CHECK_DRIFT = 'checkDrift';
export const RETRAIN = 'retrainModel';

/** Function alias of a model's main deployment, behind a function of the model's name. */
export const MAIN_ALIAS = 'live';

type Deployed = Pick<Definition, 'model' | 'deployment'>;

/** A model's name, with function and alias behind it where it does not serve at its main place. */
const scheduleName = ({ model, deployment: { functionName, alias } }: Deployed) =>
  functionName === model && alias === MAIN_ALIAS ? model : `${model}-${functionName}-${alias}`;

/** Ids of the schedules, and of the runs that are not started by them, of a deployed model; see {@link ownId}. */
export const driftSchedule = (deployed: Deployed): string => `drift-${scheduleName(deployed)}`;
export const retrainSchedule = (deployed: Deployed): string => `retrain-${scheduleName(deployed)}`;

/** Id of the run that deploys to a function, one at a time; see {@link ownId}. */
export const deploymentOf = (functionName: string): string => `deploy-${functionName}`;

/** Query that answers a {@link PipelineStatus}. */
export const STATUS_QUERY = 'status';

/** Search attributes, all keywords, registered by the local stack. Never personal data: they are not encrypted. */
export const SEARCH_ATTRIBUTES = ['Model', 'ModelVersion', 'Stage', 'Verdict', 'DatasetDigest'] as const;

/** The stages of a training run, in order. */
export const STAGES = [
  'ingest',
  'profile',
  'features',
  'train',
  'validate',
  'register',
  'approve',
  'deploy',
  'monitor',
] as const;

export type Stage = (typeof STAGES)[number];

export interface PipelineInput extends OfStore {
  definition: Definition;
  /** Reuse steps whose inputs are unchanged. */
  reuse: boolean;
  /** A retraining, which leaves the schedules as they are: they may have been changed since it began. */
  keepSchedules?: true;
  /** Why it began; left out, nobody knows. */
  origin?: RunOrigin;
}

export interface StageStatus {
  stage: Stage;
  state: 'waiting' | 'running' | 'done' | 'skipped';
  /** The step was computed by an earlier run with the same inputs. */
  reused: boolean;
  /** What was found, a line for people. */
  found: string;
}

/** What is known so far; the parts are those of the final result. */
export interface PipelineStatus {
  stages: StageStatus[];
  dataset: DatasetSummary | null;
  /** What was made of rows that repeat; `null` before the features are prepared. */
  equalRows: EqualRows | null;
  leaderboard: LeaderboardRow[];
  /** Candidate chosen for the refit. */
  chosen: string | null;
  holdout: HoldoutResult | null;
  gate: GateVerdict | null;
  model: RegisteredModel | null;
  endpoint: Endpoint | null;
  warnings: Warning[];
  /** Addresses of the report, once it is written. */
  report: ReportAddress | null;
}

/** Where the files of a report are. */
export interface ReportAddress {
  html: string;
  json: string;
}

/** A run of which nothing is known yet. */
export const nothingKnown = (): PipelineStatus => ({
  stages: STAGES.map((stage) => ({ stage, state: 'waiting', reused: false, found: '' })),
  dataset: null,
  equalRows: null,
  leaderboard: [],
  chosen: null,
  holdout: null,
  gate: null,
  model: null,
  endpoint: null,
  warnings: [],
  report: null,
});

export interface DatasetSummary {
  uri: string;
  /** Of the source as it was read. */
  sha256: string;
  rows: number;
  rejected: number;
}

export interface PipelineOutcome extends PipelineStatus {
  /** `refused` by the gate, `rejected` by a person or because nobody approved in time, `rolled-back` by the deployment. */
  outcome: 'deployed' | 'refused' | 'rejected' | 'rolled-back';
  /** Why it was not deployed, `''` when it was. */
  reason: string;
  /** The candidate is the model that was serving already; nothing was published. */
  unchanged: boolean;
}

/** What `start-pipeline --json` prints. Parts that were not reached are `null` or empty. */
export interface PipelineReport extends Omit<PipelineStatus, 'stages'> {
  workflowId: string;
  runId: string;
  outcome: PipelineOutcome['outcome'] | 'failed' | 'cancelled';
  /** Why it was rejected or rolled back, else `''`. */
  reason: string;
  unchanged: boolean;
  failure: { type: FailureType | 'Failure'; message: string } | null;
  /** Address of the run in the Web UI, `null` when its address is unknown. */
  ui: string | null;
}

export interface DeployInput extends OfStore {
  model: RegisteredModel;
  policy: DeploymentPolicy;
  /** Why, for the log. */
  reason: string;
  /** Who asked: the run's workflow id, or a person's name. */
  by: string;
  /** How far a person's name is proved. */
  proof?: Proof;
  /** Who may decide where a step waits for a person; left out, everybody. */
  deciders?: Deciders;
  /** Version that served when the gate judged; when another one serves by now, nothing is deployed. */
  judgedAgainst: number | null;
  /** Version of the function that served this model before, to go back to; left out, or gone, one is published. */
  functionVersion?: string;
}

/** How a deployment ended. `superseded`: the serving model had changed since the gate judged; judge again. */
export type DeployOutcome =
  | { outcome: 'deployed'; deployment: Deployment }
  | { outcome: 'rolled-back'; reason: string }
  | { outcome: 'superseded' };

export interface RollbackInput extends OfStore, Claim {
  model: string;
  /** Version to go back to, `null` for the champion before the present one. */
  to: number | null;
  functionName: string;
  alias: string;
  because: string;
  /** Planned once more after another version came into service: one that serves already is no mistake then. */
  again?: true;
}

export type RollbackOutcome = Exclude<DeployOutcome, { outcome: 'superseded' }> & { from: number; to: number };
