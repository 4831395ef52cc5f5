import { fileURLToPath } from 'node:url';
import { type Activities, createActivities } from '../src/activities/index.js';
import type { Compute } from '../src/compute/pool.js';
import { runTask } from '../src/compute/tasks/index.js';
import {
  openMonitoringLog,
  openObjects,
  openRegistry,
  openReports,
  openSecrets,
  openStore,
} from '../src/compose/composition.js';
import { openDeployer } from '../src/compose/open-deployer.js';
import { type Config, readConfig } from '../src/config/config.js';
import { openFingerprintKey } from '../src/compose/open-storage.js';
import type { Schedules } from '../src/vendors/temporal/schedules.js';
import { noTracker } from '../src/report/tracking.js';
import { openIdentities } from '../src/compose/open-identities.js';
import { createFileObjects } from '../src/store/file-objects.js';

const NO_SCHEDULES: Schedules = {
  ensure: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  pause: () => Promise.resolve(),
  pauseNote: () => Promise.resolve(null),
  hasStarted: () => Promise.resolve(false),
};

/** The pipeline's activities without Temporal and without threads: all work is done in this process, one after the other. */
export function localActivities(home: string): { activities: Activities; config: Config } {
  const config = readConfig({ ...process.env, MLOPS_HOME: home });
  const store = openStore(config);
  const report = () => {};
  const fingerprintKey = () => openFingerprintKey(openSecrets(config));
  const context = { store, fingerprintKey, capture: (uri: string) => createFileObjects(fileURLToPath(uri)), report };
  const compute: Compute = {
    run: (task, input) => runTask(task, input, context),
  };
  const { signal } = new AbortController();
  const activities = createActivities({
    store,
    compute,
    registry: openRegistry(config),
    identities: openIdentities(config),
    deployer: openDeployer(config),
    monitoringLog: openMonitoringLog(config),
    reports: openReports(config),
    tracker: noTracker,
    snapshots: null,
    project: { taskQueue: config.taskQueue, store: 'bench' },
    schedules: NO_SCHEDULES,
    runs: { isOpen: () => Promise.resolve(false) },
    alerts: [],
    openObject: openObjects(config),
    downloads: config.downloads,
    captureUri: config.captureUri,
    now: () => new Date(),
    runUrl: () => null,
    codeVersion: config.codeVersion,
    commit: null,
    running: () => ({ workflowId: 'bench', runId: 'bench', activityId: '1', signal, report }),
  });
  return { activities, config };
}
