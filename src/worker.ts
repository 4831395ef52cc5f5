import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createThreadPool } from './activities/compute/pool.js';
import { type Activities, createActivities } from './activities/index.js';
import { activityInterceptor, runningActivity } from './activities/interceptor.js';
import { openDeployer, openRegistry, openStore, storeRoot } from './composition.js';
import type { Config } from './config.js';
import { TASK_QUEUE } from './contracts/pipeline.js';

/** A worker told to stop lets running activities go on for this long, then cancels them, then ends. */
const SHUTDOWN = { graceTime: '3 seconds', forceTime: '8 seconds' } as const;

/** How soon an activity hears of its cancellation at the latest. */
const HEARTBEAT_THROTTLE = '1 second';

/** The activities of a configuration over real ports, and what to close when they are no longer needed. */
export function composeActivities(config: Config): { activities: Activities; close: () => Promise<void> } {
  const compute = createThreadPool({ storeRoot: storeRoot(config), threads: config.computeThreads });
  const activities = createActivities({
    store: openStore(config),
    registry: openRegistry(config),
    deployer: openDeployer(config),
    compute,
    codeVersion: config.codeVersion,
    running: runningActivity,
  });
  return { activities, close: () => compute.close() };
}

/** A worker for workflows and these activities, not yet running. */
export function createWorker(config: Config, connection: NativeConnection, activities: Activities): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url)),
    activities,
    // A bug in workflow code should end the run with its message; by default it would look hung.
    workflowFailureErrorTypes: { '*': ['Error'] },
    interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context) })] },
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    shutdownGraceTime: SHUTDOWN.graceTime,
    shutdownForceTime: SHUTDOWN.forceTime,
  });
}

/**
 * Runs a worker until a signal or, as a child of the local stack, until that is gone.
 *
 * @param onReady called once it listens
 * @param decorate may wrap the activities, to watch or meter them
 */
export async function runWorker(
  config: Config,
  onReady: () => void,
  decorate: (activities: Activities) => Activities = (activities) => activities,
): Promise<void> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const { activities, close } = composeActivities(config);
  const worker = await createWorker(config, connection, decorate(activities));
  const stop = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const ended = worker.run();
  onReady();
  try {
    await ended;
  } finally {
    await close();
    await connection.close();
    if (process.connected) process.disconnect();
  }
}
