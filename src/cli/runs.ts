import type { Client } from '@temporalio/client';
import { TRAINING_PIPELINE } from '../contracts/pipeline.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';
import type { RunHandle } from './follow.js';

/** The run with this id, or the latest one. @throws Error when there is none */
export async function findRun(client: Client, workflowId: string | undefined): Promise<RunHandle> {
  if (workflowId !== undefined) {
    const handle = client.workflow.getHandle<typeof trainingPipeline>(workflowId);
    const known = await handle.describe().catch(() => null);
    if (known === null) throw new Error(`There is no run ${workflowId}; see the Web UI for those there are.`);
    return handle;
  }
  const runs = client.workflow.list({ query: `WorkflowType = '${TRAINING_PIPELINE}'`, pageSize: 1 });
  for await (const run of runs) return client.workflow.getHandle<typeof trainingPipeline>(run.workflowId, run.runId);
  throw new Error('There is no run yet; start one with npm run start-pipeline.');
}
