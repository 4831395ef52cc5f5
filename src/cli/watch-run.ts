import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.js';
import { isAway } from '../client/away.js';
import { stackTroubles } from '../local/state.js';
import { describeStep, pendingSteps } from './pending.js';
import { describeWaiting, findWaiting } from './waiting.js';

/** The server answers within this time, or is taken to be away. */
const SERVER_TIMEOUT_MS = 4000;

/** What keeps a run from going on, in sentences, `''` for nothing; never fails, whoever is away. */
export type Watch = (workflowId: string) => Promise<string>;

/**
 * Looks at runs of a project for those who wait for them: steps that are tried again, decisions that are waited for, workers
 * and servers that are away.
 * @param all tells of steps as well with which nothing is wrong
 */
export function watchOf(config: Config, client: Client, all = false): Watch {
  const address = config.temporal.connectionOptions.address ?? 'the configured address';
  const sentences = async (workflowId: string) => {
    const steps = await client.withDeadline(Date.now() + SERVER_TIMEOUT_MS, () => pendingSteps(client, workflowId));
    const { answered, waiting } = await findWaiting(client, workflowId);
    return [
      ...(answered ? [] : [noWorker(config.taskQueue)]),
      ...steps.filter(({ failure }) => all || failure !== null).map(describeStep),
      ...(waiting === null ? [] : [describeWaiting(waiting)]),
    ];
  };
  return async (workflowId) => {
    const troubles = (await stackTroubles(config)).map((trouble) => `${trouble.replace(/^t/, 'T')}.`);
    try {
      return [...(await sentences(workflowId)), ...troubles].join(' ');
    } catch (error) {
      if (!isAway(error)) throw error;
      return [`Waiting for Temporal at ${address}, which does not answer.`, ...troubles].join(' ');
    }
  };
}

/** What to do where nobody works on a task queue. */
export const noWorker = (taskQueue: string) =>
  `No worker answers on task queue ${taskQueue}; the run goes on when one is back (npm run stack, or npm run worker).`;
