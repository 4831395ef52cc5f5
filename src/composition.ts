import { join } from 'node:path';
import type { Config } from './config.js';
import type { OpenObject } from './data/object-source.js';
import { createLambdaDeployer } from './deploy/lambda-deployer.js';
import { createEvidentlyPusher } from './evidently/evidently-pusher.js';
import { createEvidentlyClient } from './evidently/http-client.js';
import type { SnapshotPusher } from './evidently/snapshot-pusher.js';
import { createMlflowClient } from './mlflow/http-client.js';
import { createEmbeddedRegistry } from './registry/embedded.js';
import { createFileMonitoringLog } from './registry/file-monitoring-log.js';
import { createMlflowRegistry } from './registry/mlflow.js';
import type { MonitoringLog } from './registry/monitoring-log.js';
import { createObjectMonitoringLog } from './registry/object-monitoring-log.js';
import { createObjectRegistry } from './registry/object-registry.js';
import { openS3Folder } from './s3/open-s3-folder.js';
import { openS3Object } from './s3/open-s3-object.js';
import { openStoreBy, type StoreSettings } from './open-store.js';
import type { ModelRegistry } from './registry/registry.js';
import { createFileReportSink } from './report/file-sink.js';
import type { Objects } from './store/objects.js';
import { createMlflowTracker } from './tracking/mlflow-tracker.js';
import { noTracker, type RunTracker } from './tracking/tracker.js';

/** Where the artifact store is, for those that open it in another thread. */
export const storeSettings = ({ home, storage }: Config): StoreSettings =>
  storage.base === null
    ? { kind: 'files', root: join(home, 'store') }
    : { kind: 's3', uri: `${storage.base}/store`, s3: storage.s3, local: join(home, 'store') };

/** The adapters that a configuration names, shared by worker and command line. */
export const openStore = (config: Config) => openStoreBy(storeSettings(config));

/** Objects of any bucket that the worker's credentials may read. */
export const openObjects =
  ({ storage }: Config): OpenObject =>
  (uri) =>
    openS3Object(uri, storage.s3);

/** In MLflow where there is one, else in the bucket of `MLOPS_STORAGE`, else in files. */
export function openRegistry(config: Config): ModelRegistry {
  const now = () => new Date();
  if (config.mlflow !== null)
    return createMlflowRegistry({ client: createMlflowClient(config.mlflow), store: openStore(config), now });
  const records = folderOf(config, 'registry');
  return records === null
    ? createEmbeddedRegistry(join(config.home, 'registry'), now)
    : createObjectRegistry(records.objects, now);
}

/** What monitoring writes down, beside the registry of the bucket or of files. */
export function openMonitoringLog(config: Config): MonitoringLog {
  const records = folderOf(config, 'registry');
  return records === null
    ? createFileMonitoringLog(join(config.home, 'registry'))
    : createObjectMonitoringLog(records.objects);
}

/** A folder in the bucket of `MLOPS_STORAGE`, `null` where that is unset. */
function folderOf({ storage }: Config, name: string): { uri: string; objects: Objects } | null {
  if (storage.base === null) return null;
  const uri = `${storage.base}/${name}`;
  return { uri, objects: openS3Folder(uri, storage.s3) };
}

/** Experiments in MLflow where there is one; elsewhere the orchestrator's history and the reports tell enough. */
export const openTracker = (config: Config): RunTracker =>
  config.mlflow === null
    ? noTracker
    : createMlflowTracker({
        client: createMlflowClient(config.mlflow),
        store: openStore(config),
        now: () => new Date(),
      });

/** In an Evidently workspace where there is one. */
export const openSnapshots = (config: Config): SnapshotPusher | null =>
  config.evidently === null ? null : createEvidentlyPusher(createEvidentlyClient(config.evidently));

/** Reports in files, with the addresses of the local stack's pages unless the stack is not ours. */
export const openReports = (config: Config) =>
  createFileReportSink({
    root: config.reports,
    baseUrl: config.externalTemporal ? null : `http://127.0.0.1:${config.ports.reports}/`,
  });

/** The local endpoint takes any credentials and makes what is missing; on AWS the infrastructure's owner does that. */
export const openDeployer = ({ lambda }: Config) =>
  lambda.kind === 'local'
    ? createLambdaDeployer({
        endpoint: lambda.endpoint,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        createMissing: true,
        metricSeconds: 1,
      })
    : createLambdaDeployer({ region: lambda.region, createMissing: false });
