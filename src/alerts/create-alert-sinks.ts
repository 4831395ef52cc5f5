import type { AlertSink } from './alert-sink.js';
import { createLogSink } from './log-sink.js';
import { createOwnSink } from './own-sink.js';
import { createWebhookSink } from './webhook-sink.js';

/** Settings of a worker's alerts, and what they need from the world. */
export interface AlertOptions {
  /** Address that takes POST requests, `null` for none; then `secret` is needed. */
  webhook: string | null;
  secret: string | null;
  /** Absolute path of a module, `null` for none. */
  ownSink: string | null;
  /** Takes a line of the log without its end. */
  writeLine: (line: string) => void;
  now: () => Date;
}

/** The sinks of a worker: always its log, then the webhook and the sink of one's own if set. @throws Error naming the setting at fault */
export function createAlertSinks({ webhook, secret, ownSink, writeLine, now }: AlertOptions): AlertSink[] {
  const sinks = [createLogSink(writeLine)];
  if (webhook !== null) sinks.push(createWebhookSink({ url: webhook, secret: secret ?? '', now }));
  if (ownSink !== null) sinks.push(createOwnSink(ownSink));
  return sinks;
}
