import { printable } from '../contracts/text.js';
import { type AlertSink, createCustomSink } from './alert-sink.js';
import { createWebhookSink } from './webhook-sink.js';

/** Settings of a worker's alerts, and what they need from the world. */
export interface AlertOptions {
  /** Address that takes POST requests, `null` for none; then `secret` is needed. */
  webhook: string | null;
  secret: string | null;
  /** Absolute path of a module, `null` for none. */
  customSink: string | null;
  /** Takes a line of the log without its end. */
  writeLine: (line: string) => void;
  now: () => Date;
}

/** The sinks of a worker: always its log, then the webhook and the custom sink where they are set. @throws Error naming the setting at fault */
export function createAlertSinks({ webhook, secret, customSink, writeLine, now }: AlertOptions): AlertSink[] {
  const sinks = [createLogSink(writeLine)];
  if (webhook !== null) sinks.push(createWebhookSink({ url: webhook, secret: secret ?? '', now }));
  if (customSink !== null) sinks.push(createCustomSink(customSink));
  return sinks;
}

/** Alerts as lines of a log: one JSON object each, with `type` `alert`. @param writeLine takes a line without its end */
export function createLogSink(writeLine: (line: string) => void): AlertSink {
  return {
    name: 'log',
    send(alert) {
      writeLine(printable(JSON.stringify({ type: 'alert', ...alert })));
      return Promise.resolve();
    },
  };
}
