import { printable } from '../contracts/printable.js';
import type { AlertSink } from './alert-sink.js';

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
