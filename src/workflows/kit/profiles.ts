import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  type LocalActivityOptions,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
  ActivityFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { WorkflowInputs } from '../../activities/check-input.js';
import type { Activities } from '../../activities/index.js';
import { reasonOf } from '../../contracts/failures.js';
import { computeQueue } from '../../contracts/names.js';

/** A worker that has not been heard of for this long is taken for dead and its activity given to another. */
const HEARTBEAT_TIMEOUT = '10 seconds';

/** Bounds an activity with all its retries, long enough for a worker that is down for a night. */
const IN_ALL = '24 hours';

const common = {
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  scheduleToCloseTimeout: IN_ALL,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} satisfies ActivityOptions;

/** Files and downloads: seconds, tried often. */
export const io: ActivityOptions = {
  ...common,
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds', maximumAttempts: 10 },
};

/** Numeric work: minutes, tried a few times, mostly for workers that died; for workers with processors to spare. */
export const compute: ActivityOptions = {
  ...common,
  /** Known while a workflow runs, which is when an activity is begun. */
  get taskQueue() {
    return computeQueue(workflowInfo().taskQueue);
  },
  startToCloseTimeout: '2 hours',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 5 },
};

/** Registry and Lambda calls: a service may be away for a while. */
export const cloud: ActivityOptions = {
  ...common,
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '1 minute', maximumAttempts: 30 },
};

/** Alerts: tried for a moment; what cannot be told by then is due again at the next check. */
export const alerting: ActivityOptions = {
  ...common,
  scheduleToCloseTimeout: '2 minutes',
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds', maximumAttempts: 10 },
};

/** Who a person is: somebody waits for the answer to a decision, and may decide again. */
export const proving: ActivityOptions = {
  ...common,
  scheduleToCloseTimeout: '1 minute',
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '5 seconds', maximumAttempts: 5 },
};

/** Reports: whoever waits for a run or a check is not to wait long for its report, but a server may start anew. */
export const reporting: ActivityOptions = {
  ...common,
  scheduleToCloseTimeout: '10 minutes',
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 10 },
};

/** What the worker that runs the workflow does at once, without I/O. */
const checking: LocalActivityOptions = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 5 },
};

/**
 * The activities, run by a profile: `on(compute, 'split and check').prepareFeatures({ ... })`.
 * @param summary what the Web UI shows of the activity
 */
export const on = (profile: ActivityOptions, summary?: string): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>(summary === undefined ? profile : { ...profile, summary });

const checks = proxyLocalActivities<Pick<Activities, 'checkInput'>>(checking);

/**
 * Has the worker parse a workflow's input, before anything is done with it: whoever reaches Temporal may start one.
 * @throws InputInvalid with path and reason
 */
export const checkInput = <K extends keyof WorkflowInputs>(workflow: K, input: WorkflowInputs[K]): Promise<void> =>
  checks.checkInput({ workflow, input });

/**
 * Does what a workflow's end is not to depend on: when the activity fails, that is told, and the workflow goes on.
 * @param what begins the sentence that tells of a failure
 * @returns `null` when it failed
 */
export async function orTell<T>(
  what: string,
  tell: (trouble: string) => void,
  act: () => Promise<T>,
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    tell(`${what}: ${reasonOf(error)}`);
    return null;
  }
}
