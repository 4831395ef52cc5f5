import { mkdir } from 'node:fs/promises';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createThreadPool } from './activities/compute/pool.js';
import { type Activities, createActivities } from './activities/index.js';
import { activityInterceptor, runningActivity } from './activities/interceptor.js';
import { createAlertSinks } from './alerts/create-alert-sinks.js';
import { readCommit } from './commit.js';
import {
  openDeployer,
  openMonitoringLog,
  openObjects,
  openRegistry,
  openReports,
  openSnapshots,
  openStore,
  openTracker,
  storeSettings,
} from './composition.js';
import type { Config } from './config.js';
import { TASK_QUEUE } from './contracts/pipeline.js';
import { loadLearners } from './load-learners.js';
import { createTemporalSchedules } from './schedules/temporal-schedules.js';
import { startTelemetry } from './telemetry/start-telemetry.js';
import { builtWorkflows, WORKFLOW_INTERCEPTORS, type Workflows } from './workflow-code.js';

/** A worker told to stop lets running activities go on for this long, then cancels them, then ends. */
const SHUTDOWN = { graceTime: '3 seconds', forceTime: '8 seconds' } as const;

/** Data, models and reports are nobody else's business, whoever starts the worker. */
const OWNER_ONLY = 0o700;

/** How soon an activity hears of its cancellation at the latest. */
const HEARTBEAT_THROTTLE = '1 second';

/** The activities of a configuration over real ports, and what to close when they are no longer needed. */
export function composeActivities(
  config: Config,
  connection: NativeConnection,
): { activities: Activities; close: () => Promise<void> } {
  const { namespace, ui } = config;
  const client = new Client({ connection, namespace });
  const now = () => new Date();
  const compute = createThreadPool({
    settings: { store: storeSettings(config), s3: config.storage.s3, learners: config.learners },
    threads: config.computeThreads,
  });
  const activities = createActivities({
    store: openStore(config),
    registry: openRegistry(config),
    deployer: openDeployer(config),
    compute,
    schedules: createTemporalSchedules(client.schedule, TASK_QUEUE),
    runs: { isOpen: (run) => isOpen(client, run) },
    monitoringLog: openMonitoringLog(config),
    reports: openReports(config),
    tracker: openTracker(config),
    snapshots: openSnapshots(config),
    alerts: createAlertSinks({ ...config.alerts, writeLine: (line) => void process.stdout.write(`${line}\n`), now }),
    openObject: openObjects(config),
    captureUri: config.captureUri,
    codeVersion: config.codeVersion,
    commit: readCommit(config),
    now,
    runUrl: (workflowId, runId) =>
      ui === null ? null : `${ui}/namespaces/${namespace}/workflows/${workflowId}/${runId}`,
    running: runningActivity,
  });
  return { activities, close: () => compute.close() };
}

async function isOpen(client: Client, run: string): Promise<boolean> {
  const [workflowId = '', runId] = run.split('/');
  try {
    return (await client.workflow.getHandle(workflowId, runId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** A worker for workflows and these activities, not yet running. */
export function createWorker(
  config: Config,
  connection: NativeConnection,
  activities: Activities,
  workflows: Workflows = builtWorkflows(),
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: TASK_QUEUE,
    ...workflows,
    activities,
    // A bug in workflow code should end the run with its message; by default it would look hung.
    workflowFailureErrorTypes: { '*': ['Error'] },
    interceptors: {
      workflowModules: 'workflowBundle' in workflows ? [] : WORKFLOW_INTERCEPTORS,
      activity: [(context) => ({ inbound: activityInterceptor(context) })],
    },
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
  workflows: Workflows = builtWorkflows(),
): Promise<void> {
  const telemetry = startTelemetry(config.telemetry, {
    store: () => openStore(config),
    registry: () => openRegistry(config),
  });
  await loadLearners(config.learners);
  await mkdir(config.home, { recursive: true, mode: OWNER_ONLY });
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const { activities, close } = composeActivities(config, connection);
  const worker = await createWorker(config, connection, telemetry.observe(decorate(activities)), workflows);
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
    telemetry.close();
    await close();
    await connection.close();
    if (process.connected) process.disconnect();
  }
}
