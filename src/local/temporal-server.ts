import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import type { Config } from '../config/config.js';
import { SEARCH_ATTRIBUTES } from '../contracts/names.js';
import { environmentFor } from './processes.js';
import { portTaken, homeOfServer, isListening, probeTemporal, onPort } from './ports.js';
import { findServerBinary } from './server-binary.js';
import { supervise } from './supervise.js';
import { hiddenAddress, type InnerUi, startUiProxy } from './ui-proxy.js';

/** How long a server may take until it answers. */
const START_TIMEOUT_MS = 60_000;

/** A dev server reads at most 20 tasks a second by default; a pipeline of short steps waits for nothing else. */
export const SERVER_SETTINGS = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  // The server has an HTTP API, too, on a port of its own and without a look at who asks: it admits no host, so no web page.
  'frontend.httpAllowedHosts=["nobody.invalid"]',
];

/** The server that is there already (`null`), or one of our own with its state in `<home>/temporal.db`. */
export async function provideTemporal(
  config: Config,
  say: (line: string) => void,
  started: (pid: number | null) => void,
) {
  const { temporal: port, ui } = config.ports;
  if (config.externalTemporal) return null;
  const listener = await probeTemporal(port);
  if (listener === 'other') throw await portTaken(port, 'Temporal server', 'MLOPS_TEMPORAL_PORT');
  if (listener === 'temporal') {
    const home = await homeOfServer(port);
    say(
      `Using the Temporal server ${home === null ? 'that already answers' : `of the stack of ${home}`} on 127.0.0.1:${port}, by task queue ${config.taskQueue}; it is gone when that one stops, and --ports auto gives this stack its own.`,
    );
    return null;
  }
  if (await isListening(ui)) throw await portTaken(ui, 'Web UI', 'MLOPS_UI_PORT');
  const command = await findServerBinary({ environment: config.environment, cache: config.cache, say });
  const inner = await hiddenAddress();
  const server = await supervise({
    name: 'Temporal server',
    command,
    env: environmentFor('temporal-server', config.environment),
    args: serverArguments(config, inner),
    log: join(config.home, 'logs', 'temporal.log'),
    ready: () => answers(port),
    say,
    started,
  });
  try {
    const proxy = await onPort(ui, 'Web UI', 'MLOPS_UI_PORT', (free) => startUiProxy(free, inner));
    return { ...server, stop: () => Promise.all([proxy.close(), server.stop()]) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** How the dev server is started; its Web UI asks nobody who calls, so it stands behind our proxy. */
export const serverArguments = ({ ports, home, namespace, codec }: Config, ui: InnerUi): string[] => [
  ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.temporal)],
  ...['--ui-ip', ui.host, '--ui-port', String(ui.port)],
  ...['--db-filename', join(home, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL'],
  ...['--log-level', 'warn', '--namespace', namespace],
  ...(encrypts(codec) ? ['--ui-codec-endpoint', `http://127.0.0.1:${codec.server.port}`] : []),
  ...SERVER_SETTINGS.flatMap((setting) => ['--dynamic-config-value', setting]),
  ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
];

async function answers(port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1000 }).catch(
      () => null,
    );
    if (connection !== null) {
      await connection.close();
      return;
    }
    await delay(50);
  }
  throw new Error(`The Temporal server did not answer on port ${port} within ${START_TIMEOUT_MS / 1000} s.`);
}
