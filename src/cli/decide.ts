import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Judgement } from '../contracts/deployment.js';
import { lineFault } from '../contracts/printable.js';
import { findRun } from './runs.js';
import { findWaiting } from './waiting.js';

export interface DecideOptions {
  by: string;
  because: string;
  /** Hash of the model that was looked at; left out, the one that waits now. */
  model?: string;
}

/** Tells a waiting run, or the deployment that it started, what a person decided. @throws Error in the words of the run when it does not take the decision */
export async function decide(
  client: Client,
  taskQueue: string,
  verb: 'approve' | 'reject',
  workflowId: string | undefined,
  { by, because, model }: DecideOptions,
): Promise<string> {
  const fault = lineFault('--by', by) ?? lineFault('--because', because);
  if (fault !== null) throw new Error(fault);
  const { workflowId: run } = await findRun(client, taskQueue, workflowId);
  const { status } = await client.workflow.getHandle(run).describe();
  if (status.name !== 'RUNNING')
    throw new Error(
      `${run} is ${status.name.toLowerCase()} already, so it takes no decision; npm run history shows what was decided.`,
    );
  const waiting = await findWaiting(client, run);
  const id = waiting?.workflowId ?? run;
  const judgement: Judgement = { by, because, model: model ?? waiting?.question.model.sha256 ?? '' };
  try {
    return await client.workflow.getHandle(id).executeUpdate<string, [Judgement]>(verb, { args: [judgement] });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new Error(error.cause?.message ?? error.message, { cause: error });
    if (error instanceof WorkflowNotFoundError)
      throw new Error(`${id} is over, so it takes no decision.`, { cause: error });
    throw error;
  }
}
