import { setTimeout as delay } from 'node:timers/promises';
import {
  ApplicationFailure,
  CancelledFailure,
  type Client,
  TerminatedFailure,
  TimeoutFailure,
  type WorkflowHandle,
} from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { FAILURE_TYPES, type FailureType, rootCause } from '../contracts/failures.js';
import { type PipelineOutcome, type PipelineReport, type PipelineStatus, STATUS_QUERY } from '../contracts/pipeline.js';
import { askRun } from './ask-run.js';
import { lastingResult } from '../client/patience.js';
import type { Watch } from './watch-run.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';

export type RunHandle = WorkflowHandle<typeof trainingPipeline>;

/** How often the run is asked how far it is. */
const POLL_EVERY_MS = 150;

/** How often it is asked what keeps it from going on. */
const LOOK_EVERY_MS = 1500;

type End = Pick<PipelineReport, 'outcome' | 'reason' | 'unchanged' | 'failure'>;

/**
 * Watches a run to its end and tells each status it sees, the last one included; besides, now and then, what keeps it
 * from going on, `''` for nothing. Never throws for the run's own end.
 */
export async function followRun(
  client: Client,
  handle: RunHandle,
  watch: Watch,
  view: { update: (status: PipelineStatus) => void; notice: (notice: string) => void },
): Promise<{ end: End; status: PipelineStatus | null }> {
  const ended = lastingResult(handle).then(
    ({ result }) => ({ end: endOf(result), outcome: result }),
    (error: unknown) => ({ end: failedEnd(error), outcome: null }),
  );
  let status: PipelineStatus | null = null;
  for (let lookedAt = performance.now(); ;) {
    const over = await Promise.race([ended, delay(POLL_EVERY_MS, null)]);
    const asked = over?.outcome ?? (await Promise.race([ended.then(() => null), askStatus(client, handle)]));
    status = asked ?? status;
    if (status !== null) view.update(status);
    if (over !== null) return { end: over.end, status };
    if (performance.now() - lookedAt < LOOK_EVERY_MS) continue;
    view.notice(await Promise.race([ended.then(() => ''), watch(handle.workflowId)]));
    lookedAt = performance.now();
  }
}

/** `null` while no worker can answer, and for a workflow without stages. */
export async function askStatus(client: Client, handle: RunHandle): Promise<PipelineStatus | null> {
  const asked = await askRun<PipelineStatus>(client, handle, STATUS_QUERY);
  return asked.answered ? asked.value : null;
}

const endOf = ({ outcome, reason, unchanged }: PipelineOutcome): End => ({ outcome, reason, unchanged, failure: null });

/** A run's failure in the words of the step that failed. */
export function failedEnd(error: unknown): End {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const cause = rootCause(error.cause);
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
