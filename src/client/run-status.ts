import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config/config.js';
import type { PipelineOutcome, PipelineStatus } from '../contracts/pipeline.js';
import { SEARCH_ATTRIBUTES, STATUS_QUERY } from '../contracts/names.js';
import { stackTroubles } from '../local/state.js';
import { failedEnd } from './follow.js';
import { askRun, findRun, type RunHandle } from './runs.js';
import { describeStep, pendingSteps, describeWaiting, findWaiting, noWorker } from './watch-run.js';

/** How far a run is: by a worker, or what the server's records tell while none answers. */
export interface RunStatus extends Partial<PipelineStatus> {
  workflowId: string;
  /** As the server names it, like `RUNNING`. */
  state: string;
  answeredBy: 'worker' | 'records';
  /** Sentences: what the run waits for, how it failed, what is wrong with the local stack. */
  notes: string[];
  /** Search attributes of the run, like the stage that it began last. */
  attributes: Partial<Record<(typeof SEARCH_ATTRIBUTES)[number], string>>;
}

/** All that is asked of the server is answered within this time, or told to be unanswered. */
const STATUS_TIMEOUT_MS = 8000;

/** Asks for a run, the latest one without an id; within 10 s also where nobody works, or the server froze. */
export const runStatus = (config: Config, client: Client, workflowId: string | undefined): Promise<RunStatus> =>
  client.withDeadline(Date.now() + STATUS_TIMEOUT_MS, () => statusOf(config, client, workflowId));

async function statusOf(config: Config, client: Client, workflowId: string | undefined): Promise<RunStatus> {
  const run = await findRun(client, config.taskQueue, workflowId);
  const [described, asked, troubles] = await Promise.all([
    run.describe(),
    askRun<PipelineStatus>(client, run, STATUS_QUERY),
    stackTroubles(config),
  ]);
  const running = described.status.name === 'RUNNING';
  const values = Object.fromEntries(
    described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
  );
  const attributes = Object.fromEntries(
    SEARCH_ATTRIBUTES.flatMap((name) => (typeof values[name] === 'string' ? [[name, values[name]]] : [])),
  );
  const known = { workflowId: run.workflowId, state: described.status.name, attributes };
  if (asked.answered) {
    const { waiting } = running ? await findWaiting(client, run.workflowId) : { waiting: null };
    const notes = [...(waiting === null ? [] : [describeWaiting(waiting)]), ...troubles];
    return { ...known, answeredBy: 'worker', notes, ...asked.value };
  }
  if (!running) {
    const { notes, ...end } = await endByRecords(run);
    return { ...known, answeredBy: 'records', notes: [...notes, ...troubles], ...end };
  }
  const steps = await pendingSteps(client, run.workflowId);
  const notes = [noWorker(config.taskQueue), ...steps.map(describeStep), ...troubles];
  return { ...known, answeredBy: 'records', notes };
}

/** How a run ended that no worker can be asked about. */
async function endByRecords(run: RunHandle): Promise<{ notes: string[] } & Partial<PipelineOutcome>> {
  try {
    const outcome: Partial<PipelineOutcome> = await run.result(); // other workflows have no stages in theirs
    return { ...(outcome.stages === undefined ? {} : outcome), notes: [] };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { failure } = failedEnd(error);
    return { notes: failure === null ? [] : [`Failed (${failure.type}): ${failure.message}`] };
  }
}
