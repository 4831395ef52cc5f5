import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.js';
import type { OpenObject } from '../data/source.js';
import { createLogKey, type LogKey, type Signer, createSecretSigner } from '../registry/log-key.js';
import type { MonitoringLog } from '../registry/monitoring-log.js';
import type { ModelRegistry } from '../registry/registry.js';
import {
  createAnchoredRegistry,
  type Anchor,
  createAnchor,
  keptObjects,
  type KeptObjects,
} from '../registry/stored-anchor.js';
import { createMonitoringLog } from '../registry/stored-monitoring-log.js';
import { createRegistry } from '../registry/stored-registry.js';
import { createReportSink, type ReportSink } from '../report/sink.js';
import { createFileObjects } from '../store/file-objects.js';
import type { Objects } from '../store/objects.js';
import type { SecretStore } from '../store/secrets.js';
import { openS3Object, openS3Folder, parseS3Uri } from '../vendors/aws/open-s3.js';
import { createEvidentlyClient } from '../vendors/evidently/client.js';
import { createEvidentlyPusher } from '../vendors/evidently/pusher.js';
import { createMlflowClient } from '../vendors/mlflow/client.js';
import { createMlflowAnchor } from '../vendors/mlflow/anchor.js';
import { createMlflowRegistry } from '../vendors/mlflow/registry/registry.js';
import { noTracker, type RunTracker, type SnapshotPusher } from '../report/tracking.js';
import { createMlflowTracker } from '../vendors/mlflow/tracking/tracker.js';
import { type Location, openObjectsAt, openSecretsBy, openStoreBy, type StoreLocation } from './open-storage.js';

/** Where a folder of all that is kept is: in the home, or in the bucket. */
const locationOf = ({ home, storage }: Config, folder: string): Location => ({
  uri: `${storage.base ?? pathToFileURL(home).href}/${folder}`,
  s3: storage.s3,
});

/** Where the artifact store is, for those that open it in another thread. */
export const storeSettings = (config: Config): StoreLocation => ({
  ...locationOf(config, 'store'),
  local: join(config.home, 'store'),
});

/** The adapters that a configuration names, shared by worker and command line. */
export const openStore = (config: Config) => openStoreBy(storeSettings(config));

/** Objects of any bucket that the worker's credentials may read. */
export const openObjects =
  ({ storage }: Config): OpenObject =>
  (uri) =>
    openS3Object(uri, storage.s3);

/** In MLflow where there is one, else in files or in the bucket; anchored where that is wanted. */
export function openRegistry(config: Config): ModelRegistry {
  const [registry, anchor] = [openPlainRegistry(config), openAnchor(config)];
  return anchor === null ? registry : createAnchoredRegistry(registry, anchor, openLogKey(config));
}

const openPlainRegistry = (config: Config): ModelRegistry =>
  config.mlflow === null
    ? openOwnRegistry(config)
    : createMlflowRegistry({
        client: createMlflowClient(config.mlflow),
        store: openStore(config),
        now: () => new Date(),
        key: openLogKey(config),
      });

/** The key that signs the logs of models. */
export const openLogKey = (config: Config): LogKey => createLogKey(openSigner(config), config.ledger.trusted);

/** AWS KMS where a key is named, whose SDK is loaded with the first use, else a key of the store. */
function openSigner(config: Config): Signer {
  const { kmsKey, kms } = config.ledger;
  if (kmsKey === null) return createSecretSigner(openSecrets(config));
  const load = async (): Promise<Signer> => {
    const { createKmsClient, createKmsSigner } = await import('../vendors/aws/kms.js');
    return createKmsSigner(createKmsClient(kms), kmsKey);
  };
  let loaded: Promise<Signer> | undefined;
  const signer = () => (loaded ??= load());
  return {
    publicKey: async () => (await signer()).publicKey(),
    sign: async (bytes) => (await signer()).sign(bytes),
  };
}

const openOwnRegistry = (config: Config): ModelRegistry =>
  createRegistry(openFolder(config, 'registry'), () => new Date(), openLogKey(config));

/** The objects of a folder of all that is kept. */
const openFolder = (config: Config, folder: string): Objects => openObjectsAt(locationOf(config, folder));

/** The whole of the bucket that everything is kept in, `null` where everything is kept in files. */
export const openBucket = ({ storage }: Config): { objects: Objects; uri: string } | null =>
  storage.base === null ? null : { objects: openObjectsAt({ uri: storage.base, s3: storage.s3 }), uri: storage.base };

/** Where keys and the identity of what this configuration keeps are. */
export const secretSettings = (config: Config): Location => locationOf(config, 'keys');

/** Keys, and the id of the store. */
export const openSecrets = (config: Config): SecretStore => openSecretsBy(secretSettings(config));

/** Captured predictions and labels. */
export const openCapture = (config: Config) => openObjectsAt({ uri: config.captureUri, s3: config.storage.s3 });

/** What monitoring writes down, beside the registry. */
export const openMonitoringLog = (config: Config): MonitoringLog => createMonitoringLog(openFolder(config, 'registry'));

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

/** What reports are kept in. */
export const openReportObjects = (config: Config): Objects => openFolder(config, 'reports');

/**
 * Reports with the addresses of the local stack's pages, or of the bucket, whose own rule removes old ones; with those of
 * files where the stack is not ours.
 */
export function openReports(config: Config): ReportSink {
  const objects = openReportObjects(config);
  const { uri } = locationOf(config, 'reports');
  if (config.storage.base !== null) return createReportSink(objects, uri, null);
  return createReportSink(objects, config.externalTemporal ? uri : `http://127.0.0.1:${config.ports.reports}`);
}

/** Where heads of logs are kept apart from the registry, `null` where `MLOPS_ANCHOR` names no place. */
export function openAnchor({ ledger: { anchor }, storage }: Config): Anchor | null {
  const now = () => new Date();
  if (anchor === null) return null;
  if (anchor.kind === 'file') return createAnchor(keptObjects(createFileObjects(anchor.path)), anchor.path);
  if (anchor.kind === 'mlflow') return createMlflowAnchor(createMlflowClient(anchor.server), anchor.server.uri, now);
  const { uri, days } = anchor;
  const objects = openS3Folder(uri, storage.s3);
  // The SDK is loaded with the first use.
  const keep: KeptObjects['keep'] = async (key, bytes) => {
    const [{ createS3Client }, { createS3Anchor }] = await Promise.all([
      import('../vendors/aws/objects.js'),
      import('../vendors/aws/anchor.js'),
    ]);
    await createS3Anchor(createS3Client(storage.s3), parseS3Uri(uri)!, objects, { days, now }).keep(key, bytes);
  };
  return createAnchor({ ...keptObjects(objects), keep }, uri);
}
