import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { readConfig } from '../../src/config/config.js';
import { createWorkers, type WorkerGroup } from '../../src/worker/create-workers.js';
import { PROJECT } from './project.js';

/** Activities that wait keep their slots, also on a machine of one core. */
const COMPUTE_SLOTS = 100;

/** Workers for these activities in the server's namespace, with the workflows that were bundled before the tests. */
export const workerFor = (
  { client, nativeConnection }: TestWorkflowEnvironment,
  activities: Activities,
): Promise<WorkerGroup> =>
  createWorkers(
    {
      ...readConfig(),
      namespace: client.options.namespace,
      taskQueue: PROJECT.taskQueue,
      computeSlots: COMPUTE_SLOTS,
    },
    nativeConnection,
    activities,
    { workflows: { workflowBundle: { codePath: inject('workflowBundle') } }, project: PROJECT },
  );
