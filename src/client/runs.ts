import {
  ApplicationFailure,
  type BaseWorkflowHandle,
  CancelledFailure,
  type Client,
  QueryNotRegisteredError,
  TerminatedFailure,
  TimeoutFailure,
  type Workflow,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import { programCommand } from '../contracts/commands.js';
import type { Definition } from '../contracts/definition.js';
import { FAILURE_TYPES, type FailureType, rootCause } from '../contracts/failures.js';
import type { RunOrigin } from '../contracts/identity.js';
import { ownId, TRAINING_PIPELINE, type Project } from '../contracts/names.js';
import type { PipelineReport } from '../contracts/pipeline.js';
import { lineFault } from '../contracts/text.js';
import { claim, type ProofSources } from '../registry/prove.js';
import { isListening } from '../local/addresses.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';
import { isAway } from './patience.js';

export type RunHandle = WorkflowHandle<typeof trainingPipeline>;

/**
 * The project's run with this id, also one without the project's task queue at its end, or its latest training run.
 * @throws Error when there is none, or it is another project's
 */
export async function findRun(client: Client, taskQueue: string, workflowId: string | undefined): Promise<RunHandle> {
  if (workflowId === undefined) return latestRun(client, taskQueue);
  let foreign: string | null = null;
  for (const id of [workflowId, ownId(workflowId, taskQueue)]) {
    const handle = client.workflow.getHandle<typeof trainingPipeline>(id);
    const known = await handle.describe().catch((error: unknown) => {
      if (isAway(error)) throw error;
      return null;
    });
    if (known?.taskQueue === taskQueue) return handle;
    foreign ??= known?.taskQueue ?? null;
  }
  throw new Error(
    foreign === null
      ? `There is no run ${workflowId}; see the Web UI for those there are.`
      : `The run ${workflowId} is another project's, on task queue ${foreign}, and this one's is ${taskQueue}: use its home, or its MLOPS_TASK_QUEUE.`,
  );
}

async function latestRun(client: Client, taskQueue: string): Promise<RunHandle> {
  const query = `WorkflowType = '${TRAINING_PIPELINE}' AND TaskQueue = '${taskQueue}'`;
  for await (const run of client.workflow.list({ query, pageSize: 1 }))
    return client.workflow.getHandle<typeof trainingPipeline>(run.workflowId, run.runId);
  throw new Error(`There is no run yet; start one with ${programCommand('start-pipeline')}.`);
}

/** A worker that listens answers well within this time; without one the server would wait for much longer. */
const QUERY_TIMEOUT_MS = 3000;

/** What came of asking a run: only a worker can answer. */
type Asked<T> = { answered: true; value: T | null } | { answered: false };

interface Queried extends Pick<BaseWorkflowHandle<Workflow>, 'workflowId'> {
  query: <T>(name: string) => Promise<T>;
}

/** Asks a run within seconds; the value of a workflow that does not know the question is `null`. */
export async function askRun<T>(client: Client, run: Queried, query: string): Promise<Asked<T>> {
  try {
    const value = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => run.query<T>(query));
    return { answered: true, value };
  } catch (error) {
    return error instanceof QueryNotRegisteredError ? { answered: true, value: null } : { answered: false };
  }
}

/** Starts a training run, and says who does. Its id is `train-<model>-<time>-<random>`, so that runs sort by time. */
export async function startRun(
  client: Client,
  { taskQueue, store }: Project,
  proofs: ProofSources,
  definition: Definition,
  { cache: reuse, by }: { cache: boolean; by?: string },
): Promise<RunHandle & { firstExecutionRunId: string }> {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-');
  const key = `${time}-${randomBytes(2).toString('hex')}`;
  const fault = lineFault('--by', by ?? '');
  if (fault !== null) throw new Error(fault);
  const workflowId = `train-${definition.model}-${key}`;
  const said = await claim(proofs, { kind: 'start', workflowId, definition }, by);
  const origin: RunOrigin = { kind: 'person', by: { name: said.by, proof: 'claimed' }, claim: said };
  return client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId,
    taskQueue,
    args: [{ store, definition, reuse, origin }],
    staticSummary: `Train ${definition.model}: ${definition.candidates.map(({ name }) => name).join(', ')}`,
  });
}

/** Page of a run in the Web UI; `null` when its address is unknown, or local and nothing answers there. */
export async function uiLink(config: Config, workflowId: string, runId: string): Promise<string | null> {
  const { ui, namespace, ports, externalTemporal } = config;
  if (ui === null || (!externalTemporal && !(await isListening(ports.ui)))) return null;
  return `${ui}/namespaces/${namespace}/workflows/${workflowId}/${runId}`;
}

/** How a run ended. */
export type End = Pick<PipelineReport, 'outcome' | 'reason' | 'unchanged' | 'failure'>;

/** How a run failed, in the words of the step that did, or that it was cancelled. @throws the error when it is of no run's end */
export function failedEnd(error: unknown): End {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const cause = rootCause(error.cause);
  if (cause instanceof CancelledFailure) return { outcome: 'cancelled', reason: '', unchanged: false, failure: null };
  return { outcome: 'failed', reason: '', unchanged: false, failure: describe(cause) };
}

/** What a run that failed or was cancelled is thrown as, in the words of the step that failed; another error as it is. */
export function runError(error: unknown, workflowId: string): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  return new Error(failedEnd(error).failure?.message ?? `${workflowId} was cancelled.`, { cause: error });
}

function describe(cause: unknown): NonNullable<PipelineReport['failure']> {
  if (cause instanceof ApplicationFailure) {
    const type = FAILURE_TYPES.find((known): known is FailureType => known === cause.type) ?? 'Failure';
    return { type, message: cause.message };
  }
  if (cause instanceof TerminatedFailure) return { type: 'Failure', message: 'The run was terminated by hand.' };
  if (cause instanceof TimeoutFailure)
    return { type: 'Failure', message: `A step did not end in time (${cause.message}); see the run in the Web UI.` };
  return { type: 'Failure', message: cause instanceof Error ? cause.message : 'unknown' };
}
