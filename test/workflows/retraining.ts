import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../src/activities/index.js';
import { RETRAIN } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import type { retrainModel } from '../../src/workflows/retrain-model.js';
import { workerFor } from '../support/worker.js';
import { scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';

/** Runs one retraining beside a worker with scripted activities. */
export async function retrain(
  temporal: TestWorkflowEnvironment,
  script: Partial<Activities> = {},
  meanwhile: (handle: { cancel: () => Promise<unknown> }) => Promise<void> = () => Promise.resolve(),
) {
  const ended: string[] = [];
  const { activities, calls } = scriptedActivities({
    finishRetraining: ({ outcome, reason }) => {
      ended.push(reason === '' ? outcome : `${outcome}: ${reason}`);
      return Promise.resolve({ alerts: [] });
    },
    ...script,
  });
  const worker = await workerFor(temporal, activities);
  const definition = await loadDefinition('pipelines/anemia.json');
  let attributes: [name: string, value: unknown][] = [];
  const outcome: unknown = await worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start<typeof retrainModel>(RETRAIN, {
      workflowId: `retrain-${randomUUID()}`,
      taskQueue: PROJECT.taskQueue,
      args: [{ store: PROJECT.store, definition, cause: 'drift' }],
    });
    await meanwhile(handle);
    const result: unknown = await handle.result().catch((error: unknown) => error);
    const { typedSearchAttributes } = await handle.describe();
    attributes = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    return result;
  });
  return { outcome, calls, ended, attributes };
}
