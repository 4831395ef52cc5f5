import type { Client } from '@temporalio/client';
import { QUESTION_QUERY, type Question } from '../contracts/deployment.js';

/** A workflow that waits for a person, and what it asks. */
export interface Waiting {
  workflowId: string;
  question: Question;
}

/** What waits for a decision in a run or in a deployment that it started, `null` for nothing. */
export async function findWaiting(client: Client, workflowId: string): Promise<Waiting | null> {
  const handle = client.workflow.getHandle(workflowId);
  const question = await handle.query<Question | null>(QUESTION_QUERY).catch(() => null); // others ask nothing
  if (question !== null) return { workflowId, question };
  const { raw } = await handle.describe();
  for (const child of raw.pendingChildren ?? []) {
    const found = child.workflowId ? await findWaiting(client, child.workflowId) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The question with the command that answers it. */
export const describeWaiting = ({ workflowId, question }: Waiting) =>
  `${workflowId} waits for a decision on ${question.model.name} version ${question.model.version}, ${question.about}: ` +
  `npm run approve -- ${workflowId} --by "your name" --because "your reason", or npm run reject.`;
