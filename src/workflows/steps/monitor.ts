import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Definition } from '../../contracts/definition.js';
import {
  type Alert,
  CATCH_UP_INTERVALS,
  type CheckEntry,
  type CheckInput,
  type CheckMode,
} from '../../contracts/monitoring.js';
import type { TimeWindow } from '../../contracts/values.js';
import { MINUTE_MS } from '../../contracts/text.js';
import { orTell, alerting, cloud, on } from '../kit/profiles.js';

/**
 * Has a deployed model watched, also by a run that is being cancelled. The model serves by now: when that cannot be, it is
 * told, and the run does not fail.
 * @returns ids of the schedules, `null` when there are none because that failed
 */
export const monitor = (definition: Definition, tell: (trouble: string) => void): Promise<string[] | null> =>
  CancellationScope.nonCancellable(() =>
    orTell('The model serves, but is not monitored', tell, () =>
      on(cloud, `watch ${definition.model}`).scheduleMonitoring({ definition }),
    ),
  );

/** What the server sets on runs of a schedule: when they were due, before jitter. */
const DUE = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** For a server that is slow to start its runs. */
const SLACK_MS = 5 * MINUTE_MS;

/**
 * What a check looks at. Windows of a schedule end when the check was due, less the time that captured lines need to
 * arrive, so that they follow on each other however late a check starts.
 */
export function askedWindow({ definition, mode, to, windowMinutes }: CheckInput): {
  mode: CheckMode;
  window: TimeWindow;
  asked: CheckEntry['asked'];
} {
  const { everyMinutes, settleSeconds, jitterSeconds, ...policy } = definition.monitoring;
  const { startTime, typedSearchAttributes } = workflowInfo();
  const due = mode === 'scheduled' ? typedSearchAttributes.get(DUE) : undefined;
  const end = to !== null ? Date.parse(to) : due ? due.getTime() - settleSeconds * 1000 : startTime.getTime();
  const window = {
    from: new Date(end - (windowMinutes ?? policy.windowMinutes) * MINUTE_MS).toISOString(),
    to: new Date(end).toISOString(),
  };
  // What starts later than the schedule makes up for, somebody asked it for.
  const late = due ? startTime.getTime() - due.getTime() : 0;
  const past = late > CATCH_UP_INTERVALS * everyMinutes * MINUTE_MS + jitterSeconds * 1000 + SLACK_MS;
  return { mode: past ? 'backfill' : mode, window, asked: (mode === 'scheduled' && !due) || undefined };
}

/**
 * Tells sinks, each with tries of its own. What cannot be told now is due again at the next check.
 * @returns a sentence for every sink that could not be told
 */
export async function deliver(
  { model, deployment: { functionName, alias } }: Definition,
  due: { alert: Alert; sink: string }[],
): Promise<string[]> {
  const place = { model, functionName, alias };
  const told = due.map(async ({ alert, sink }) => {
    const troubles: string[] = [];
    await orTell(
      `${sink} was not told of ${alert.kind}`,
      (trouble) => troubles.push(trouble),
      () => on(alerting, `${alert.kind} to ${sink}`).sendAlert({ place, alert, sink }),
    );
    return troubles;
  });
  return (await Promise.all(told)).flat();
}
