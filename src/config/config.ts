import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import {
  type AlertSettings,
  alertSettings,
  evidentlyServer,
  mlflowServer,
  type TelemetrySettings,
  telemetrySettings,
} from './service-settings.js';
import { type CodecSettings, codecSettings, temporalSettings } from './temporal-settings.js';
import { downloadLimits, s3Address, type StorageSettings, storageSettings } from './storage-settings.js';
import { filled, portOf, webAddress } from './environment.js';
import { type IdentitySettings, identitySettings, type LedgerSettings, ledgerSettings } from './trust-settings.js';
import { learnerModules, computeThreads, type WorkerSettings, workerSettings, taskQueueOf } from './worker-settings.js';
import type { DownloadLimits } from '../data/download-limits.js';
import type { EvidentlyOptions } from '../vendors/evidently/client.js';
import type { MlflowOptions } from '../vendors/mlflow/client.js';

/** Everything the programs read from their environment, complete and checked. */
export interface Config {
  /** Directory of the package: definitions and data are found relative to it. */
  packageRoot: string;
  codeVersion: string;
  /** Git commit of the code by `MLOPS_COMMIT`; `null` leaves it to Git. */
  commit: string | null;
  /**
   * Files of the local stack, unless `MLOPS_HOME` says otherwise `.local` in the checkout, or in the current directory where
   * this is a package of another project.
   */
  home: string;
  /** Where downloaded or built Temporal servers are kept, shared by all checkouts. */
  cache: string;
  ports: { temporal: number; ui: number; lambda: number; reports: number };
  /** Where our Lambda endpoint listens and is asked: this machine alone, unless `MLOPS_LAMBDA_HOST` says otherwise. */
  lambdaHost: string;
  /** A bucket for what is kept, instead of files. */
  storage: StorageSettings;
  /** `file:` or `s3:` URI under which predictions are captured. */
  captureUri: string;
  alerts: AlertSettings;
  /** What data sets may take on their way here, and which private hosts they may come from. */
  downloads: DownloadLimits;
  /** Keys of the payloads that Temporal keeps. */
  codec: CodecSettings;
  /** By what people are known. */
  identity: IdentitySettings;
  /** `TEMPORAL_ADDRESS` or a profile of Temporal's own configuration names the server: never start one. */
  externalTemporal: boolean;
  temporal: ClientConnectConfig;
  namespace: string;
  /** Task queue of this project's runs; that of numeric steps is beside it. */
  taskQueue: string;
  /** Address of the Web UI, `null` when it is unknown. */
  ui: string | null;
  lambda: LambdaTarget;
  /** Where experiments are followed and models registered, `null` for here. */
  mlflow: MlflowOptions | null;
  /** Where drift checks are shown as snapshots, `null` for nowhere. */
  evidently: EvidentlyOptions | null;
  /** Metrics and logs of a worker. */
  telemetry: TelemetrySettings;
  /** Who vouches for the logs of models, and where else their heads are kept. */
  ledger: LedgerSettings;
  /** Absolute paths of modules with learners of one's own. */
  learners: string[];
  /** Threads for numeric work. */
  computeThreads: number;
  /** Activities of the compute task queue that a worker runs at a time. */
  computeSlots: number;
  worker: WorkerSettings;
  /** Environment for processes that the local stack starts. */
  environment: NodeJS.ProcessEnv;
}

/** `local`: our own endpoint. `aws`: whatever the AWS SDK finds in its environment. */
export type LambdaTarget = { kind: 'local'; endpoint: string } | { kind: 'aws'; region: string };

const DEFAULT_PORTS = { temporal: 7233, ui: 8233, lambda: 9233, reports: 9234 };

/** The only reader of the environment. @throws Error with the variable, the limit and the remedy */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  // The AWS SDK announces the end of its Node 20 support on every start; CONTRIBUTING tells it once.
  for (const variables of [env, process.env]) variables['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const packageRoot = resolve(fileURLToPath(new URL('../..', import.meta.url)));
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const ports = {
    temporal: portOf(env, 'MLOPS_TEMPORAL_PORT', DEFAULT_PORTS.temporal),
    ui: portOf(env, 'MLOPS_UI_PORT', DEFAULT_PORTS.ui),
    lambda: portOf(env, 'MLOPS_LAMBDA_PORT', DEFAULT_PORTS.lambda),
    reports: portOf(env, 'MLOPS_REPORTS_PORT', DEFAULT_PORTS.reports),
  };
  const { external: externalTemporal, connect: temporal } = temporalSettings(env, ports.temporal);
  const threads = computeThreads(env);
  const project = packageRoot.split(sep).includes('node_modules') ? process.cwd() : packageRoot;
  const home = resolve(filled(env, 'MLOPS_HOME') ?? join(project, '.local'));
  const storage = storageSettings(env);
  const lambdaHost = filled(env, 'MLOPS_LAMBDA_HOST') ?? '127.0.0.1';
  const lambda = lambdaTarget(env, `http://${lambdaHost}:${ports.lambda}`);
  return {
    packageRoot,
    codeVersion: manifest.version,
    commit: givenCommit(env),
    home,
    cache: resolve(
      filled(env, 'MLOPS_CACHE') ?? join(filled(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'anemia-mlops'),
    ),
    ports,
    lambdaHost,
    storage,
    captureUri: captureUri(env, home, storage.base),
    alerts: alertSettings(env),
    downloads: downloadLimits(env),
    codec: codecSettings(env),
    identity: identitySettings(env, lambda.kind),
    externalTemporal,
    temporal,
    namespace: temporal.namespace ?? 'default',
    taskQueue: taskQueueOf(env, storage.base ?? home),
    ui:
      webAddress(env, 'MLOPS_UI', 'https://temporal.example.org') ??
      (externalTemporal ? null : `http://127.0.0.1:${ports.ui}`),
    lambda,
    mlflow: mlflowServer(env),
    evidently: evidentlyServer(env),
    telemetry: telemetrySettings(env),
    ledger: ledgerSettings(env),
    learners: learnerModules(env),
    computeThreads: threads,
    computeSlots: threads,
    worker: workerSettings(env),
    environment: env,
  };
}

function givenCommit(env: NodeJS.ProcessEnv): string | null {
  const commit = filled(env, 'MLOPS_COMMIT') ?? null;
  if (commit !== null && !/^[0-9a-f]{7,64}(-dirty)?$/.test(commit))
    throw new Error('MLOPS_COMMIT is not a Git commit: give 7 to 64 hexadecimal digits, as git rev-parse HEAD does.');
  return commit;
}

function lambdaTarget(env: NodeJS.ProcessEnv, endpoint: string): LambdaTarget {
  const target = filled(env, 'MLOPS_DEPLOY_TO') ?? 'local';
  if (target === 'local') return { kind: 'local', endpoint };
  const region = filled(env, 'AWS_REGION');
  if (target !== 'aws') throw new Error('MLOPS_DEPLOY_TO is neither local nor aws: choose one of these.');
  if (region === undefined)
    throw new Error('AWS_REGION is not set: name the region of the function, like eu-central-1.');
  return { kind: 'aws', region };
}

function captureUri(env: NodeJS.ProcessEnv, home: string, storage: string | null): string {
  const text = filled(env, 'MLOPS_CAPTURE');
  if (text === undefined) return storage === null ? pathToFileURL(join(home, 'capture')).href : `${storage}/capture`;
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return pathToFileURL(resolve(text)).href;
  if (text.startsWith('s3:')) return s3Address(text, 'MLOPS_CAPTURE');
  if (!text.startsWith('file:'))
    throw new Error('MLOPS_CAPTURE is neither a path nor a file: or s3: URI: predictions are captured there only.');
  return text;
}
