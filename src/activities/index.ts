import type { ActivityInput } from './inputs/parse.js';
import { createAlertActivities, ALERT_INPUTS } from './alert.js';
import { APPROVE_INPUTS, createApproveActivities } from './approve.js';
import { createCheckActivities, CHECK_INPUTS } from './check-input.js';
import { createDeployActivities, DEPLOY_INPUTS } from './deploy.js';
import { createPrepareActivities, PREPARE_INPUTS } from './prepare.js';
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
  ...createPrepareActivities(ports),
  ...createTrainActivities(ports),
  ...createValidateActivities(ports),
  ...createRegisterActivities(ports),
  ...createApproveActivities(ports),
  ...createDeployActivities(ports),
  ...createJudgeActivities(ports),
  ...createMonitorActivities(ports),
  ...createRetrainActivities(ports),
  ...createReportActivities(ports),
  ...createAlertActivities(ports),
});

/** The activities as workflows call them. */
export type Activities = ReturnType<typeof createActivities>;

/** What each activity is given, as a schema, and the stage that it works for. */
export const ACTIVITY_INPUTS = {
  ...CHECK_INPUTS,
  ...PREPARE_INPUTS,
  ...TRAIN_INPUTS,
  ...VALIDATE_INPUTS,
  ...REGISTER_INPUTS,
  ...APPROVE_INPUTS,
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
