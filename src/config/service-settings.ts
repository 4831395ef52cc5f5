import { resolve } from 'node:path';
import type { EvidentlyOptions } from '../vendors/evidently/client.js';
import type { MlflowOptions } from '../vendors/mlflow/client.js';
import { type Environment, filled, oneOf, portOf, serverUrl, webAddress } from './environment.js';

/** By the variables that MLflow's own clients read; `null` without `MLFLOW_TRACKING_URI`. */
export function mlflowServer(env: Environment): MlflowOptions | null {
  const uri = filled(env, 'MLFLOW_TRACKING_URI');
  return uri === undefined ? null : mlflowAt(env, uri, 'MLFLOW_TRACKING_URI');
}

/**
 * The MLflow server at an address, with the credentials that MLflow's own clients read.
 * @param variable that holds the address, for errors
 * @throws Error with the variable and the remedy
 */
export function mlflowAt(env: Environment, uri: string, variable: string): MlflowOptions {
  serverUrl(variable, uri, {
    scheme:
      'is not the http: or https: address of a server: files and databases cannot be used directly, so start mlflow server',
    credentials: ': put them into MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
  });
  const [token, username] = [filled(env, 'MLFLOW_TRACKING_TOKEN'), filled(env, 'MLFLOW_TRACKING_USERNAME')];
  if (username !== undefined)
    return { uri, authorization: { username, password: env['MLFLOW_TRACKING_PASSWORD'] ?? '' } };
  return { uri, authorization: token === undefined ? null : { token } };
}

/** By `EVIDENTLY_URL` and `EVIDENTLY_SECRET`; `null` without the former. */
export function evidentlyServer(env: Environment): EvidentlyOptions | null {
  const url = filled(env, 'EVIDENTLY_URL');
  if (url === undefined) return null;
  serverUrl('EVIDENTLY_URL', url, {
    scheme:
      'is not the http: or https: address of a server: a workspace folder cannot be used directly, so start evidently ui',
    credentials: ': put the secret into EVIDENTLY_SECRET',
  });
  const secret = filled(env, 'EVIDENTLY_SECRET') ?? null;
  if (secret !== null && !/^[\x21-\x7e]+$/.test(secret))
    throw new Error(
      'EVIDENTLY_SECRET has characters that a header cannot carry: use letters, digits and signs of ASCII.',
    );
  return { url, secret };
}

/** Where alerts go besides the log; `null` for nowhere. */
export interface AlertSettings {
  webhook: string | null;
  /** Signs what the webhook gets. */
  secret: string | null;
  /** Absolute path of a module that takes alerts. */
  customSink: string | null;
}

/** By `MLOPS_ALERT_WEBHOOK`, `MLOPS_ALERT_SECRET`, `MLOPS_ALERT_SINK`. */
export function alertSettings(env: Environment): AlertSettings {
  const webhook = filled(env, 'MLOPS_ALERT_WEBHOOK') ?? null;
  const secret = filled(env, 'MLOPS_ALERT_SECRET') ?? null;
  if (webhook !== null && secret === null)
    throw new Error('MLOPS_ALERT_SECRET is not set: alerts are signed with it, so give the webhook a secret.');
  const module = filled(env, 'MLOPS_ALERT_SINK');
  return { webhook, secret, customSink: module === undefined ? null : resolve(module) };
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const FORMATS = ['text', 'json'] as const;

type LogLevel = (typeof LEVELS)[number];

/** What a worker tells of itself, complete and checked. */
export interface TelemetrySettings {
  /** Port of `/metrics` for Prometheus, `null` for none. */
  metricsPort: number | null;
  log: { level: LogLevel; format: (typeof FORMATS)[number] };
  /** Receiver of traces by OTLP over HTTP, without `/v1/traces`; `null` for none. */
  traces: { endpoint: string; serviceName: string } | null;
}

/**
 * By `MLOPS_METRICS_PORT`, `LOG_FORMAT` (`text` by default), `LOG_LEVEL` (by default `warn` for people who read text, `info`
 * for machines that read JSON), `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_SERVICE_NAME` (`anemia-mlops` by default).
 * @throws Error with the variable, the limit and the remedy
 */
export function telemetrySettings(env: Environment): TelemetrySettings {
  const format = oneOf(env, 'LOG_FORMAT', FORMATS) ?? 'text';
  const level = oneOf(env, 'LOG_LEVEL', LEVELS) ?? (format === 'text' ? 'warn' : 'info');
  return { metricsPort: portOf(env, 'MLOPS_METRICS_PORT', null), log: { level, format }, traces: tracesOf(env) };
}

function tracesOf(env: Environment): TelemetrySettings['traces'] {
  const endpoint = webAddress(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318');
  if (endpoint === undefined) return null;
  return { endpoint, serviceName: filled(env, 'OTEL_SERVICE_NAME') ?? 'anemia-mlops' };
}
