import { createAlertActivities } from './alert.js';
import { createApproveActivities } from './approve.js';
import { createCheckActivities } from './check-input.js';
import { createDeployActivities } from './deploy.js';
import { createIdentifyActivities } from './identify.js';
import { createIngestActivities } from './ingest.js';
import { createJudgeActivities } from './judge-traffic.js';
import { createMonitorActivities } from './monitor.js';
import type { Ports } from './ports.js';
import { createPrepareActivities } from './prepare.js';
import { createRegisterActivities } from './register.js';
import { createReportActivities } from './report.js';
import { createRetrainActivities } from './retrain.js';
import { createTrainActivities } from './train.js';
import { createValidateActivities } from './validate.js';

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
