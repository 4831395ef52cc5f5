import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { createThreadPool } from '../compute/pool.js';
import { type Activities, createActivities, type Ports } from '../activities/index.js';
import { runningActivity } from '../activities/interceptor.js';
import { createAlertSinks } from '../alerts/create-alert-sinks.js';
import { openDataConverter } from '../vendors/temporal/codec/data-converter.js';
import { readCommit } from './commit.js';
import {
  openMonitoringLog,
  openObjects,
  openRegistry,
  openReports,
  openSnapshots,
  openStore,
  openTracker,
  secretSettings,
  storeSettings,
} from './composition.js';
import { openDeployer } from './open-deployer.js';
import type { Config } from '../config/config.js';
import { openIdentities } from './open-identities.js';
import { openProject } from './project.js';
import type { ThreadSettings } from './thread.js';
import { createTemporalSchedules } from '../vendors/temporal/schedules.js';

/**
 * The activities of a configuration over real ports, and what to close when they are no longer needed.
 * @param own ports to take instead of the configuration's
 */
export async function composeActivities(
  config: Config,
  connection: NativeConnection,
  own: Partial<Ports> = {},
): Promise<{ activities: Activities; close: () => Promise<void> }> {
  const { namespace, ui } = config;
  const client = new Client({ connection, namespace, dataConverter: await openDataConverter(config.codec) });
  const now = () => new Date();
  const project = own.project ?? (await openProject(config)); // before there are threads to end
  const compute = createThreadPool({
    settings: {
      store: storeSettings(config),
      secrets: secretSettings(config),
      s3: config.storage.s3,
      learners: config.learners,
    } satisfies ThreadSettings,
    threads: config.computeThreads,
    ready: config.worker.role !== 'workflow',
  });
  const activities = createActivities({
    store: openStore(config),
    registry: openRegistry(config),
    identities: openIdentities(config),
    deployer: openDeployer(config),
    compute,
    project,
    schedules: createTemporalSchedules(client.schedule, project),
    runs: { isOpen: (run) => isOpen(client, run) },
    monitoringLog: openMonitoringLog(config),
    reports: openReports(config),
    tracker: openTracker(config),
    snapshots: openSnapshots(config),
    alerts: createAlertSinks({ ...config.alerts, writeLine: (line) => void process.stdout.write(`${line}\n`), now }),
    openObject: openObjects(config),
    downloads: config.downloads,
    captureUri: config.captureUri,
    codeVersion: config.codeVersion,
    commit: readCommit(config),
    now,
    runUrl: (workflowId, runId) =>
      ui === null ? null : `${ui}/namespaces/${namespace}/workflows/${workflowId}/${runId}`,
    running: runningActivity,
    ...own,
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
