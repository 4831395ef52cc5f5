import type { Deciders } from './decision.js';
import type { Definition, DeploymentPolicy } from './definition.js';
import type { FailureType } from './failures.js';
import type { Proof } from './vocabulary.js';
import type { Claim, RunOrigin } from './identity.js';
import { type OfStore, STAGES } from './names.js';
import type { RegisteredModel } from './values.js';
import type { Endpoint, PipelineStatus } from '../report/schema/run-status.js';

export type { DatasetSummary, Endpoint, PipelineStatus, StageStatus } from '../report/schema/run-status.js';

/** What a training run is asked for. */
export interface PipelineInput extends OfStore {
  definition: Definition;
  /** Reuse steps whose inputs are unchanged. */
  reuse: boolean;
  /** A retraining, which leaves the schedules as they are: they may have been changed since it began. */
  keepSchedules?: true;
  /** Why it began; left out, nobody knows. */
  origin?: RunOrigin;
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

/** How a training run ended, with all that it found. */
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

/** What a deployment is asked for. */
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

/** How an alias spreads its requests: all to one version, or a share of them to a second one. */
export interface Routing {
  functionVersion: string;
  /** The version on trial and its share in per cent, above 0 and below 100. */
  canary: { functionVersion: string; percent: number } | null;
}

/** What was measured at a step of a deployment. */
export interface StepVerdict {
  /** `insufficient`: too few requests to decide; never good, never bad. */
  state: 'good' | 'bad' | 'insufficient';
  /** Requests that the new version answered. */
  requests: number;
  checks: { rule: string; passed: boolean; found: string }[];
}

/** A model in service. */
export interface Deployment {
  endpoint: Endpoint;
  /** Published version of the function that the alias points to. */
  functionVersion: string;
  /** False when this very code was live already. */
  published: boolean;
}

/** How a deployment ended. `superseded`: the serving model had changed since the gate judged; judge again. */
export type DeployOutcome =
  | { outcome: 'deployed'; deployment: Deployment }
  | { outcome: 'rolled-back'; reason: string }
  | { outcome: 'superseded' };

/** What a rollback is asked for, by whom. */
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

/** How a rollback ended, from which version to which. */
export type RollbackOutcome = Exclude<DeployOutcome, { outcome: 'superseded' }> & { from: number; to: number };
