import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config/config.js';
import { programCommand } from '../contracts/commands.js';
import { QUESTION_QUERY, type Question } from '../contracts/decision.js';
import { SEARCH_ATTRIBUTES, STATUS_QUERY } from '../contracts/names.js';
import type { PipelineOutcome, PipelineStatus } from '../contracts/pipeline.js';
import { stackTroubles } from '../local/state.js';
import { addressOf, isAway, type Watch } from './patience.js';
import { askRun, failedEnd, findRun, type RunHandle } from './runs.js';

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

/** The server answers within this time, or is taken to be away. */
const SERVER_TIMEOUT_MS = 4000;

/**
 * Looks at runs of a project for those who wait for them: steps that are tried again, decisions that are waited for, workers
 * and servers that are away.
 * @param all tells of steps as well with which nothing is wrong
 */
export function watchOf(config: Config, client: Client, all = false): Watch {
  const sentences = async (workflowId: string) => {
    const steps = await client.withDeadline(Date.now() + SERVER_TIMEOUT_MS, () => pendingSteps(client, workflowId));
    const { answered, waiting } = await findWaiting(client, workflowId);
    return [
      ...(answered ? [] : [noWorker(config.taskQueue)]),
      ...steps.filter(({ failure }) => all || failure !== null).map(describeStep),
      ...(waiting === null ? [] : [describeWaiting(waiting)]),
    ];
  };
  return async (workflowId) => {
    const troubles = (await stackTroubles(config)).map((trouble) => `${trouble.replace(/^t/, 'T')}.`);
    try {
      return [...(await sentences(workflowId)), ...troubles].join(' ');
    } catch (error) {
      if (!isAway(error)) throw error;
      return [`Waiting for Temporal at ${addressOf(config)}, which does not answer.`, ...troubles].join(' ');
    }
  };
}

/** What to do where nobody works on a task queue. */
const noWorker = (taskQueue: string) =>
  `No worker answers on task queue ${taskQueue}; the run goes on when one is back (${programCommand('stack')}, or ${programCommand('worker')}).`;

/** A step that a run or one of its children waits for. */
interface PendingStep {
  /** Name of the activity. */
  step: string;
  /** Tries, the present one included. */
  attempt: number;
  /** Whether a worker has it; else it waits for one, or for its next try. */
  running: boolean;
  /** Why the try before failed, `null` for the first. */
  failure: string | null;
}

/** temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED */
const STARTED = 2;

/** What a run and its children wait for, by the server's records: no worker is asked. */
async function pendingSteps(client: Client, workflowId: string): Promise<PendingStep[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const own = (raw.pendingActivities ?? []).map(({ activityType, attempt, state, lastFailure }) => ({
    step: activityType?.name ?? 'A step',
    attempt: Math.max(1, attempt ?? 1),
    running: Number(state) === STARTED,
    failure: lastFailure ? (lastFailure.message ?? 'unknown') : null,
  }));
  const children = (raw.pendingChildren ?? []).map((child) => pendingSteps(client, child.workflowId ?? ''));
  return [...own, ...(await Promise.all(children)).flat()];
}

/** A step in a sentence, for people. */
const describeStep = ({ step, attempt, running, failure }: PendingStep): string =>
  failure !== null
    ? `${step} failed and is tried again (attempt ${attempt}): ${failure}`
    : `${step} ${running ? 'runs' : 'waits for a worker'} (attempt ${attempt}).`;

/** A workflow that waits for a person, and what it asks. */
interface Waiting {
  workflowId: string;
  runId: string;
  question: Question;
}

/** What waits for a decision in a run or in a deployment that it started; `answered: false` when no worker can tell. */
export async function findWaiting(
  client: Client,
  workflowId: string,
): Promise<{ answered: boolean; waiting: Waiting | null }> {
  const handle = client.workflow.getHandle(workflowId);
  const asked = await askRun<Question>(client, handle, QUESTION_QUERY);
  if (!asked.answered) return { answered: false, waiting: null };
  const { raw, runId } = await handle.describe();
  if (asked.value !== null) return { answered: true, waiting: { workflowId, runId, question: asked.value } };
  for (const child of raw.pendingChildren ?? []) {
    const found = child.workflowId ? await findWaiting(client, child.workflowId) : null;
    if (found !== null && (found.waiting !== null || !found.answered)) return found;
  }
  return { answered: true, waiting: null };
}

/** The question with the command that answers it. */
const describeWaiting = ({ workflowId, question }: Waiting) =>
  `${workflowId} waits for a decision on ${question.model.name} version ${question.model.version}, ${question.about}: ` +
  `${programCommand('approve', workflowId, '--because', 'your reason')}, or ${programCommand('reject')}.`;
