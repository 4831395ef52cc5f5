import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.js';
import { STATUS_QUERY } from '../contracts/pipeline.js';
import { askRun } from './ask-run.js';
import { resultOf } from '../client/patience.js';
import { findRun } from './runs.js';
import { watchOf } from './watch-run.js';

/**
 * Has a run end, the latest one without an id, and says how it ended. Where no worker answers, the server has taken the
 * request all the same.
 */
export async function cancelRun(config: Config, client: Client, workflowId: string | undefined): Promise<string> {
  const run = await findRun(client, config.taskQueue, workflowId);
  const state = async () => (await run.describe()).status.name.toLowerCase();
  const before = await state();
  if (before !== 'running') return `${run.workflowId} is ${before} already.`;
  await run.cancel();
  if (!(await askRun(client, run, STATUS_QUERY)).answered && (await state()) === 'running')
    return (
      `Temporal has taken the request to cancel ${run.workflowId}; no worker answers on task queue ${config.taskQueue}, ` +
      'so it takes effect when one is back (npm run stack, or npm run worker).'
    );
  await resultOf(run, watchOf(config, client, true)).catch(() => undefined); // how it ended is told below
  return `${run.workflowId} is ${await state()}.`;
}
