import { defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';

/** `workflow id/activity id` of every activity whose completion is in the histories of these runs. */
export async function completedActivities(runs: WorkflowHandle[]): Promise<Set<string>> {
  const completed = new Set<string>();
  for (const run of runs) {
    if ((await orNone(run.describe())) === null) continue;
    const events = (await run.fetchHistory()).events ?? [];
    const ids = new Map(
      events.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
        String(eventId),
        scheduled?.activityId,
      ]),
    );
    for (const { activityTaskCompletedEventAttributes: done } of events)
      if (done) completed.add(`${run.workflowId}/${ids.get(String(done.scheduledEventId))}`);
  }
  return completed;
}

/** Types of the activities that these runs wait for. */
export async function pendingActivities(runs: WorkflowHandle[]): Promise<string[]> {
  const pending: string[] = [];
  for (const run of runs) {
    const described = await orNone(run.describe());
    pending.push(...(described?.raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? ''));
  }
  return pending;
}

/** What activities of this type that a run waits for last said of their progress. */
export async function progressOf(run: WorkflowHandle, activity: string): Promise<string> {
  const { raw } = await run.describe();
  const pending = (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === activity);
  const details = pending.flatMap(({ heartbeatDetails }) => heartbeatDetails?.payloads ?? []);
  return details.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
}

/** `null` for a run that has not begun. */
async function orNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** What the first activity of this type in a run's history gave. */
export async function resultOf<T>(run: WorkflowHandle, activity: string): Promise<T> {
  const events = (await run.fetchHistory()).events ?? [];
  const scheduled = events.find(
    ({ activityTaskScheduledEventAttributes: known }) => known?.activityType?.name === activity,
  );
  const completed = events.find(
    ({ activityTaskCompletedEventAttributes: known }) =>
      known && String(known.scheduledEventId) === String(scheduled?.eventId),
  );
  const payload = completed?.activityTaskCompletedEventAttributes?.result?.payloads?.[0];
  if (!payload) throw new Error(`${activity} has not completed in ${run.workflowId}.`);
  return defaultPayloadConverter.fromPayload<T>(payload);
}
