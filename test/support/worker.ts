import type { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { readConfig } from '../../src/config.js';
import { createWorker } from '../../src/worker.js';

/** A worker for these activities in the default namespace, with the workflows that were bundled before the tests. */
export const workerFor = (connection: NativeConnection, activities: Activities): Promise<Worker> =>
  createWorker({ ...readConfig(), namespace: 'default' }, connection, activities, {
    workflowBundle: { codePath: inject('workflowBundle') },
  });
