import {
  type BaseWorkflowHandle,
  type Client,
  QueryNotRegisteredError,
  type Workflow,
  type WorkflowHandle,
} from '@temporalio/client';
import { programCommand } from '../contracts/commands.js';
import { ownId, TRAINING_PIPELINE } from '../contracts/names.js';
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
