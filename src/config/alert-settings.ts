import { resolve } from 'node:path';
import { type Environment, filled } from './environment.js';

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
