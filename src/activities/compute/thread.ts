import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
import { PipelineFailure } from '../../contracts/failures.js';
import { openStoreBy, type StoreSettings } from '../../open-store.js';
import { loadLearners } from '../../load-learners.js';
import type { TaskName } from './compute.js';
import type { FailureMessage } from './pool.js';
import { runTask } from './tasks/index.js';

/** What the pool sends to a thread. */
export interface Order {
  task: TaskName;
  input: unknown;
  progress: MessagePort;
}

export type Answer = { output: unknown } | { failure: FailureMessage };

const settings = workerData as { store: StoreSettings; learners: string[] };
const store = openStoreBy(settings.store);
await loadLearners(settings.learners);

/** Entry of a compute thread: runs one task and answers with its output or its named failure. */
export default async function thread({ task, input, progress }: Order): Promise<Answer> {
  try {
    return { output: await runTask(task, input, { store, report: (message) => progress.postMessage(message) }) };
  } catch (error) {
    if (error instanceof PipelineFailure) return { failure: { type: error.type, message: error.message } };
    throw error;
  } finally {
    progress.close();
  }
}
