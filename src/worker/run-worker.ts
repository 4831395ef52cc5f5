import { mkdir } from 'node:fs/promises';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import type { Config } from '../config.js';
import { builtWorkflows, type Workflows } from '../workflow-code.js';
import { composeActivities } from './compose-activities.js';
import { createWorkers } from './create-workers.js';

/** Data, models and reports are nobody else's business, whoever starts the worker. */
const OWNER_ONLY = 0o700;

/**
 * Runs the Workers of the configured role until a signal or, as a child of the local stack, until that is gone.
 *
 * @param onReady called once they listen
 * @param decorate may wrap the activities, to watch or meter them
 */
export async function runWorker(
  config: Config,
  onReady: () => void,
  decorate: (activities: Activities) => Activities = (activities) => activities,
  workflows: Workflows = builtWorkflows(),
): Promise<void> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  await mkdir(config.home, { recursive: true, mode: OWNER_ONLY });
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const { activities, close } = composeActivities(config, connection);
  const workers = await createWorkers(config, connection, decorate(activities), workflows);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, workers.shutdown);
  process.on('disconnect', workers.shutdown);
  const ended = workers.run();
  onReady();
  try {
    await ended;
  } finally {
    await close();
    await connection.close();
    if (process.connected) process.disconnect();
  }
}
