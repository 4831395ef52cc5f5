import { type Environment, oneOf, portOf } from './environment.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const FORMATS = ['text', 'json'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** What a worker tells of itself, complete and checked. */
export interface TelemetrySettings {
  /** Port of `/metrics` for Prometheus, `null` for none. */
  metricsPort: number | null;
  log: { level: LogLevel; format: (typeof FORMATS)[number] };
}

/**
 * By `MLOPS_METRICS_PORT`, `LOG_FORMAT` (`text` by default) and `LOG_LEVEL` (by default `warn` for people who read text,
 * `info` for machines that read JSON).
 * @throws Error with the variable, the limit and the remedy
 */
export function telemetrySettings(env: Environment): TelemetrySettings {
  const format = oneOf(env, 'LOG_FORMAT', FORMATS) ?? 'text';
  const level = oneOf(env, 'LOG_LEVEL', LEVELS) ?? (format === 'text' ? 'warn' : 'info');
  return { metricsPort: portOf(env, 'MLOPS_METRICS_PORT', null), log: { level, format } };
}
