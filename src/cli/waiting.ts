import type { Client } from '@temporalio/client';
import { QUESTION_QUERY, type Question } from '../contracts/deployment.js';
import { askRun } from './ask-run.js';

/** A workflow that waits for a person, and what it asks. */
export interface Waiting {
  workflowId: string;
  runId: string;
  question: Question;
}

/** What waits for a decision in a run or in a deployment that it started; `answered: false` when no worker can tell. */
export async function findWaiting(
  client: Client,
  workflowId: string,
): Promise<{ answered: boolean; waiting: Waiting | null }> {
  const handle = client.workflow.getHandle(workflowId);
  const asked = await askRun<Question>(client, handle, QUESTION_QUERY);
  if (!asked.answered) return { answered: false, waiting: null };
  const { raw, runId } = await handle.describe();
  if (asked.value !== null) return { answered: true, waiting: { workflowId, runId, question: asked.value } };
  for (const child of raw.pendingChildren ?? []) {
    const found = child.workflowId ? await findWaiting(client, child.workflowId) : null;
    if (found !== null && (found.waiting !== null || !found.answered)) return found;
  }
  return { answered: true, waiting: null };
}

/** The question with the command that answers it. */
export const describeWaiting = ({ workflowId, question }: Waiting) =>
  `${workflowId} waits for a decision on ${question.model.name} version ${question.model.version}, ${question.about}: ` +
  `npm run approve -- ${workflowId} --because "your reason", or npm run reject.`;
