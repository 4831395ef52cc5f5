import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import {
  CATCH_UP_INTERVALS,
  type CheckEntry,
  type CheckInput,
  type CheckMode,
  type TimeWindow,
} from '../../contracts/monitoring.js';

/** What the server sets on runs of a schedule: when they were due, before jitter. */
const DUE = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

const MINUTE = 60_000;

/** For a server that is slow to start its runs. */
const SLACK = 5 * MINUTE;

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
    from: new Date(end - (windowMinutes ?? policy.windowMinutes) * MINUTE).toISOString(),
    to: new Date(end).toISOString(),
  };
  // What starts later than the schedule makes up for, somebody asked it for.
  const late = due ? startTime.getTime() - due.getTime() : 0;
  const past = late > CATCH_UP_INTERVALS * everyMinutes * MINUTE + jitterSeconds * 1000 + SLACK;
  return { mode: past ? 'backfill' : mode, window, asked: (mode === 'scheduled' && !due) || undefined };
}
