import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { type Judgement, QUESTION_QUERY, type Question } from '../contracts/deployment.js';
import { findRun } from './runs.js';

export interface DecideOptions {
  by: string;
  because: string;
  /** Hash of the model that was looked at; left out, the one that waits now. */
  model?: string;
}

/** Tells a waiting run what a person decided. @throws Error in the words of the run when it does not take the decision */
export async function decide(
  client: Client,
  verb: 'approve' | 'reject',
  workflowId: string | undefined,
  { by, because, model }: DecideOptions,
): Promise<string> {
  const { workflowId: id } = await findRun(client, workflowId);
  const handle = client.workflow.getHandle(id);
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING')
    throw new Error(
      `${id} is ${status.name.toLowerCase()} already, so it takes no decision; npm run history shows what was decided.`,
    );
  const waiting = model === undefined ? await handle.query<Question | null>(QUESTION_QUERY) : null;
  const judgement: Judgement = { by, because, model: model ?? waiting?.model.sha256 ?? '' };
  try {
    return await handle.executeUpdate<string, [Judgement]>(verb, { args: [judgement] });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new Error(error.cause?.message ?? error.message, { cause: error });
    if (error instanceof WorkflowNotFoundError)
      throw new Error(`${id} is over, so it takes no decision.`, { cause: error });
    throw error;
  }
}
