import type { Client } from '@temporalio/client';

/** A step that a run or one of its children waits for. */
export interface PendingStep {
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
export async function pendingSteps(client: Client, workflowId: string): Promise<PendingStep[]> {
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
export const describeStep = ({ step, attempt, running, failure }: PendingStep): string =>
  failure !== null
    ? `${step} failed and is tried again (attempt ${attempt}): ${failure}`
    : `${step} ${running ? 'runs' : 'waits for a worker'} (attempt ${attempt}).`;
