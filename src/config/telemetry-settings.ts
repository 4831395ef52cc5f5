import { type Environment, filled, oneOf, portOf, webAddress } from './environment.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const FORMATS = ['text', 'json'] as const;

export type LogLevel = (typeof LEVELS)[number];

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
