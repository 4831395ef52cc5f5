import { Connection } from '@temporalio/client';
import { randomInt } from 'node:crypto';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { SEARCH_ATTRIBUTES } from '../contracts/names.js';
import { closeServer, foreignCaller, listen } from '../vendors/http/servers.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import { portTaken, homeOfServer, isListening, probeTemporal, onPort } from './addresses.js';
import { environmentFor, supervise } from './processes.js';
import { findServerBinary } from './server-binary.js';

/** How long a server may take until it answers. */
const START_TIMEOUT_MS = 60_000;

/** A dev server reads at most 20 tasks a second by default; a pipeline of short steps waits for nothing else. */
export const SERVER_SETTINGS = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  // One process has all of a queue; with four parts, as by default, most tasks are passed from one to another to be found.
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
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

/** Where Temporal's own Web UI listens. */
interface InnerUi {
  host: string;
  port: number;
}

/**
 * An address for a Web UI that looks at no Host header, behind the proxy. A page that rebinds its name would have to guess
 * it: where the whole of 127.0.0.0/8 is this machine it is one of 2^24 addresses, on a port of the system's choice.
 */
export async function hiddenAddress(platform: NodeJS.Platform = process.platform): Promise<InnerUi> {
  const part = (least: number) => randomInt(least, 255);
  const host = platform === 'linux' ? `127.${part(1)}.${part(0)}.${part(1)}` : '127.0.0.1';
  const probe = createPlainServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, host, resolve);
  });
  const { port } = probe.address() as AddressInfo; // a TCP server has an address once it listens
  await new Promise((resolve) => probe.close(resolve));
  return { host, port };
}

interface UiProxy {
  port: number;
  close: () => Promise<void>;
}

/**
 * Serves Temporal's Web UI to this machine's own callers. Requests and answers pass as streams, as they are; what comes
 * from a foreign page or under another host's name gets 403 and a sentence.
 * @param port 0 takes a free one
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function startUiProxy(port: number, inner: InnerUi): Promise<UiProxy> {
  const server = createServer((request, response) => {
    const refused = foreignCaller(request);
    if (refused !== null) {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(`${refused}\n`);
      return;
    }
    forward(request, response, inner);
  });
  const bound = await listen(server, port, '127.0.0.1');
  return { port: bound, close: () => closeServer(server) };
}

function forward(request: IncomingMessage, response: ServerResponse, { host, port }: InnerUi): void {
  const { method, url: path, headers } = request;
  const passed = ask({ host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // Whichever side goes away ends the other; there is nobody left to tell.
    pipeline(answer, response).catch(() => undefined);
  });
  passed.on('error', () => {
    if (response.headersSent) response.destroy();
    else
      response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end('The Web UI does not answer yet.\n');
  });
  response.on('close', () => passed.destroy());
  pipeline(request, passed).catch(() => undefined);
}
