import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { type FailureType, PipelineFailure, isPlainMark, plainRefusal } from '../contracts/failures.js';
import { MlflowRefusal } from '../vendors/mlflow/client.js';
import { ACTIVITY_INPUTS, type Activities } from './index.js';
import { parseInput } from './inputs/parse.js';
import type { RunningActivity } from './ports.js';

/** Every activity shows signs of life this often, which is also how soon it hears of a cancellation. */
const HEARTBEAT_EVERY_MS = 1000;

/** Latest progress per activity attempt, sent with the heartbeat. */
const progress = new WeakMap<Context, string>();

/** The activity whose code is running now. */
export function runningActivity(): RunningActivity {
  const context = Context.current();
  const { workflowExecution } = context.info;
  return {
    workflowId: workflowExecution?.workflowId ?? context.info.activityId,
    runId: workflowExecution?.runId ?? '',
    activityId: context.info.activityId,
    signal: context.cancellationSignal,
    report: (message) => void progress.set(context, message),
  };
}

/**
 * Inputs parsed before an activity sees them, heartbeats while it runs, and failures under their names: those that trying
 * again cannot mend end the run.
 */
export const activityInterceptor = (context: Context): ActivityInboundCallsInterceptor => ({
  async execute(input, next) {
    const timer = setInterval(() => context.heartbeat(progress.get(context)), HEARTBEAT_EVERY_MS);
    const { activityType } = context.info;
    try {
      if (input.args.some(isPlainMark))
        throw new PipelineFailure('PayloadPlain', plainRefusal(`The input of the activity ${activityType}`));
      return await next({ ...input, args: [parseActivityInput(activityType, input.args)] });
    } catch (error) {
      throw context.cancellationSignal.aborted
        ? await context.cancelled.catch((reason: unknown) => reason)
        : named(error);
    } finally {
      clearInterval(timer);
    }
  },
});

/**
 * The argument of an activity, checked.
 * @throws PipelineFailure `InputInvalid` when it is not what the activity takes, or not the only one
 */
function parseActivityInput(activity: string, args: unknown[]): unknown {
  const place = `The input of the activity ${activity}`;
  const schema = Object.hasOwn(ACTIVITY_INPUTS, activity) ? ACTIVITY_INPUTS[activity as keyof Activities].input : null;
  if (schema === null || args.length !== 1)
    throw new PipelineFailure(
      'InputInvalid',
      `${place} ${schema === null ? 'has no schema' : `has ${args.length} arguments instead of 1`}; run workflows of this version only.`,
    );
  return parseInput<unknown>(schema, args[0], place);
}

/** What MLflow says no to for good. Its other codes may come of a race or of a server in trouble, which pass. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'RESOURCE_DOES_NOT_EXIST',
  'INVALID_PARAMETER_VALUE',
  'MALFORMED_REQUEST',
  'ENDPOINT_NOT_FOUND',
  'FEATURE_DISABLED',
  'PERMISSION_DENIED',
]);

function named(error: unknown): unknown {
  if (error instanceof PipelineFailure) return ApplicationFailure.nonRetryable(error.message, error.type);
  if (error instanceof MlflowRefusal && FOR_GOOD.has(error.code)) {
    const type: FailureType = 'RegistryUnusable';
    return ApplicationFailure.nonRetryable(
      `${error.message} (${error.code}); mend that in MLflow and run again.`,
      type,
    );
  }
  return error;
}
