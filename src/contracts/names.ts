/* What queues, workflows, schedules, stages and their messages are called. */

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

/** A model and where it serves: what of a definition names its schedules. */
interface Deployed {
  model: string;
  deployment: { functionName: string; alias: string };
}

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

/** A stage of a training run. */
export type Stage = (typeof STAGES)[number];
