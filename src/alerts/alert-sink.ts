import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineFailure } from '../contracts/failures.js';
import type { Alert } from '../contracts/monitoring.js';

/** Where alerts go. */
export interface AlertSink {
  /** Names the sink in the run that uses it; no two sinks of a worker share one. */
  name: string;
  /**
   * Delivers an alert. It may be called again with the same alert when it failed, and when nobody heard that it
   * succeeded.
   * @throws PipelineFailure `AlertRefused` when trying again cannot help; any other error is tried again
   */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}

type Send = AlertSink['send'];

/**
 * Alerts to a custom module, whose default export is `(alert, signal) => Promise<void>` or an object with such a
 * `send`. It is loaded with the first alert and then kept. What it throws is tried again.
 * @param path absolute path of the module
 * @throws Error naming the setting when there is no such file
 */
export function createCustomSink(path: string): AlertSink {
  if (!existsSync(path))
    throw new Error(`MLOPS_ALERT_SINK names ${basename(path)}, which does not exist: give the path of a module.`);
  let loaded: Promise<Send> | undefined;
  return {
    name: 'own',
    async send(alert, signal) {
      const send = await (loaded ??= loadSend(path));
      try {
        await send(alert, signal);
      } catch (cause) {
        signal.throwIfAborted();
        throw new Error(`The alert sink ${basename(path)} failed: ${messageOf(cause)}`, { cause });
      }
    },
  };
}

async function loadSend(path: string): Promise<Send> {
  const place = `The alert sink ${basename(path)} (MLOPS_ALERT_SINK)`;
  const module: unknown = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    const message = `${place} cannot be loaded: ${messageOf(cause)}; mend the module and restart the worker.`;
    throw new PipelineFailure('AlertRefused', message, { cause });
  });
  const send = sendOf((module as { default?: unknown }).default);
  if (send !== null) return send;
  const remedy = 'export default async (alert) => { ... }';
  throw new PipelineFailure('AlertRefused', `${place} has no function as its default export; write "${remedy}".`);
}

function sendOf(exported: unknown): Send | null {
  // What a module of somebody else's takes and gives cannot be known before it is called.
  if (typeof exported === 'function') return exported as Send;
  if (typeof exported !== 'object' || exported === null || !('send' in exported)) return null;
  const { send } = exported;
  return typeof send === 'function' ? (alert, signal) => (send as Send).call(exported, alert, signal) : null;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'it threw something else');
