import { PipelineFailure } from '../contracts/failures.js';
import { parseInput, type ActivityInput } from './inputs/parse.js';
import { createAlertActivities, ALERT_INPUTS } from './alert.js';
import { createApproveActivities, APPROVE_INPUTS, createIdentifyActivities, IDENTIFY_INPUTS } from './approve.js';
import { createCheckActivities, CHECK_INPUTS } from './check-input.js';
import { createDeployActivities, DEPLOY_INPUTS } from './deploy.js';
import { createIngestActivities, INGEST_INPUTS, createPrepareActivities, PREPARE_INPUTS } from './prepare.js';
import { createJudgeActivities, JUDGE_INPUTS } from './judge-traffic.js';
import { createMonitorActivities, MONITOR_INPUTS } from './monitor.js';
import type { Ports } from './ports.js';
import { createRegisterActivities, REGISTER_INPUTS } from './register.js';
import { createReportActivities, REPORT_INPUTS } from './report.js';
import { createRetrainActivities, RETRAIN_INPUTS } from './retrain.js';
import { createTrainActivities, TRAIN_INPUTS } from './train.js';
import { createValidateActivities, VALIDATE_INPUTS } from './validate.js';

export type { Step } from './reuse.js';
export type { Ports } from './ports.js';

/** All activities over their ports, by the names that workflows call. */
export const createActivities = (ports: Ports) => ({
  ...createCheckActivities(),
  ...createIngestActivities(ports),
  ...createPrepareActivities(ports),
  ...createTrainActivities(ports),
  ...createValidateActivities(ports),
  ...createRegisterActivities(ports),
  ...createApproveActivities(ports),
  ...createIdentifyActivities(ports),
  ...createDeployActivities(ports),
  ...createJudgeActivities(ports),
  ...createMonitorActivities(ports),
  ...createRetrainActivities(ports),
  ...createReportActivities(ports),
  ...createAlertActivities(ports),
});

export type Activities = ReturnType<typeof createActivities>;

/** What each activity is given, as a schema, and the stage that it works for. */
export const ACTIVITY_INPUTS = {
  ...CHECK_INPUTS,
  ...INGEST_INPUTS,
  ...PREPARE_INPUTS,
  ...TRAIN_INPUTS,
  ...VALIDATE_INPUTS,
  ...REGISTER_INPUTS,
  ...APPROVE_INPUTS,
  ...IDENTIFY_INPUTS,
  ...DEPLOY_INPUTS,
  ...JUDGE_INPUTS,
  ...MONITOR_INPUTS,
  ...RETRAIN_INPUTS,
  ...REPORT_INPUTS,
  ...ALERT_INPUTS,
} satisfies Record<keyof Activities, ActivityInput>;

/** The stage that an activity works for, `null` for what is no activity of ours. */
export const stageOf = (activity: string): string | null =>
  Object.hasOwn(ACTIVITY_INPUTS, activity) ? ACTIVITY_INPUTS[activity as keyof Activities].stage : null;

/**
 * The argument of an activity, checked.
 * @throws PipelineFailure `InputInvalid` when it is not what the activity takes, or not the only one
 */
export function parseActivityInput(activity: string, args: unknown[]): unknown {
  const place = `The input of the activity ${activity}`;
  const schema = Object.hasOwn(ACTIVITY_INPUTS, activity) ? ACTIVITY_INPUTS[activity as keyof Activities].input : null;
  if (schema === null || args.length !== 1)
    throw new PipelineFailure(
      'InputInvalid',
      `${place} ${schema === null ? 'has no schema' : `has ${args.length} arguments instead of 1`}; run workflows of this version only.`,
    );
  return parseInput<unknown>(schema, args[0], place);
}
