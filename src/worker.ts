import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createThreadPool } from './activities/compute/pool.js';
import { createActivities } from './activities/index.js';
import { activityInterceptor, runningActivity } from './activities/interceptor.js';
import { openDeployer, openRegistry, openStore, storeRoot } from './composition.js';
import type { Config } from './config.js';
import { TASK_QUEUE } from './contracts/pipeline.js';

/** A worker told to stop lets running activities go on for this long, then cancels them, then ends. */
const SHUTDOWN = { graceTime: '3 seconds', forceTime: '8 seconds' } as const;

/** How soon an activity hears of its cancellation at the latest. */
const HEARTBEAT_THROTTLE = '1 second';

/**
 * Composes ports, activities and workflows into a worker.
 *
 * @returns the worker, not yet running, and what to close after it has ended
 */
export async function createWorker(config: Config): Promise<{ worker: Worker; close: () => Promise<void> }> {
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const compute = createThreadPool({
    storeRoot: storeRoot(config),
    threads: config.computeThreads,
  });
  const activities = createActivities({
    store: openStore(config),
    registry: openRegistry(config),
    deployer: openDeployer(config),
    compute,
    codeVersion: config.codeVersion,
    running: runningActivity,
  });
  const worker = await Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url)),
    activities,
    interceptors: { activity: [(context) => ({ inbound: activityInterceptor(context) })] },
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    shutdownGraceTime: SHUTDOWN.graceTime,
    shutdownForceTime: SHUTDOWN.forceTime,
  });
  return {
    worker,
    close: async () => {
      await compute.close();
      await connection.close();
    },
  };
}

/** Runs a worker until a signal or, as a child of the local stack, until that is gone. */
export async function runWorker(config: Config, onReady: () => void): Promise<void> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const { worker, close } = await createWorker(config);
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
    if (process.connected) process.disconnect();
  }
}
