import { setTimeout as delay } from 'node:timers/promises';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  type Client,
  QueryNotRegisteredError,
  TerminatedFailure,
  TimeoutFailure,
  type WorkflowHandle,
} from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { FAILURE_TYPES, type FailureType } from '../contracts/failures.js';
import { type PipelineOutcome, type PipelineReport, type PipelineStatus, STATUS_QUERY } from '../contracts/pipeline.js';
import { describeWaiting, findWaiting } from './waiting.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';

export type RunHandle = WorkflowHandle<typeof trainingPipeline>;

/** How often the run is asked how far it is. */
const POLL_EVERY_MS = 150;

/** Every so many polls the run is also asked whether a step is being tried again. */
const POLLS_PER_LOOK = 10;

type End = Pick<PipelineReport, 'outcome' | 'reason' | 'unchanged' | 'failure'>;

/**
 * Watches a run to its end and tells each status it sees, the last one included; besides, now and then, what keeps it
 * from going on, `''` for nothing. Never throws for the run's own end.
 */
export async function followRun(
  client: Client,
  handle: RunHandle,
  onStatus: (status: PipelineStatus) => void,
  onNotice: (notice: string) => void,
): Promise<{ end: End; status: PipelineStatus | null }> {
  const ended = handle.result().then(
    (outcome) => ({ end: endOf(outcome), outcome }),
    (error: unknown) => ({ end: failedEnd(error), outcome: null }),
  );
  let status: PipelineStatus | null = null;
  for (let polls = 1; ; polls++) {
    const over = await Promise.race([ended, delay(POLL_EVERY_MS, null)]);
    status = over?.outcome ?? (await askStatus(handle)) ?? status;
    if (status !== null) onStatus(status);
    if (over !== null) return { end: over.end, status };
    if (polls % POLLS_PER_LOOK === 0) onNotice(await noticeOf(client, handle.workflowId));
  }
}

/** Steps that are tried again, and a decision that is waited for. */
async function noticeOf(client: Client, workflowId: string): Promise<string> {
  const [retries, waiting] = await Promise.all([retriesOf(client, workflowId), findWaiting(client, workflowId)]);
  return [...retries, ...(waiting === null ? [] : [describeWaiting(waiting)])].join(' ');
}

/** Steps of a run and of its children that failed and are tried again, each in a sentence. */
async function retriesOf(client: Client, workflowId: string): Promise<string[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const own = (raw.pendingActivities ?? [])
    .filter(({ lastFailure }) => lastFailure)
    .map(({ activityType, attempt, lastFailure }) => {
      const why = lastFailure?.message ?? 'unknown';
      return `${activityType?.name ?? 'A step'} failed and is tried again (attempt ${attempt ?? 1}): ${why}`;
    });
  const children = (raw.pendingChildren ?? []).map((child) => retriesOf(client, child.workflowId ?? ''));
  return [...own, ...(await Promise.all(children)).flat()];
}

/** `null` while no worker can answer, and for a workflow without stages. */
export async function askStatus(handle: RunHandle): Promise<PipelineStatus | null> {
  try {
    return await handle.query<PipelineStatus>(STATUS_QUERY);
  } catch {
    return null; // no worker, or none yet: the run itself is not concerned
  }
}

/** Whether a worker answers for a workflow, also one without stages. */
export const isAnswered = (handle: RunHandle): Promise<boolean> =>
  handle.query(STATUS_QUERY).then(
    () => true,
    (error: unknown) => error instanceof QueryNotRegisteredError,
  );

const endOf = ({ outcome, reason, unchanged }: PipelineOutcome): End => ({ outcome, reason, unchanged, failure: null });

/** A run's failure in the words of the step that failed. */
export function failedEnd(error: unknown): End {
  if (!(error instanceof WorkflowFailedError)) throw error;
  let cause: unknown = error.cause;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined)
    cause = cause.cause;
  if (cause instanceof CancelledFailure) return { outcome: 'cancelled', reason: '', unchanged: false, failure: null };
  return { outcome: 'failed', reason: '', unchanged: false, failure: describe(cause) };
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
