import { randomBytes } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { settleHome, closeHome, makeFilesForOwner } from '../store/home.js';
import { clearScratch } from '../store/artifacts.js';
import { OWNER_ONLY } from '../store/files.js';
import { foreignCaller, listen } from '../vendors/http/servers.js';
import { openCodec } from '../vendors/temporal/codec/data-converter.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import { startCodecServer } from '../vendors/temporal/codec/server.js';
import { addressesOf, onPort, isListening } from './addresses.js';
import { startEndpointProcess } from './capturing-endpoint.js';
import { ownProgram, WORKER_READY, supervise } from './processes.js';
import { openReportObjects } from '../compose/composition.js';
import { startReportServer } from './report-server.js';
import { clearStale, logsOf, removeState, type StackState, type StackStatus, writeState } from './state.js';
import { provideTemporal } from './temporal-server.js';

/**
 * Runs the local stack: Temporal server unless there is one, Lambda-compatible endpoint, worker. Server and worker are
 * processes of their own and are started again when they die.
 *
 * @returns `ended`, settled once the stack has stopped, and `stop`
 * @throws Error with the remedy when a part cannot start; what had started is stopped again
 */
export async function runStack(config: Config, say: (line: string) => void) {
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  let markEnded: () => void;
  const ended = new Promise<void>((resolve) => (markEnded = resolve));
  const stop = () =>
    (stopped ??= (async () => {
      for (const step of undo.reverse()) await step().catch((error: unknown) => say(String(error)));
      markEnded();
    })());

  try {
    makeFilesForOwner();
    await mkdir(config.home, { recursive: true, mode: OWNER_ONLY.directory });
    await settleHome(config.home, config.codeVersion);
    await closeHome(config.home);
    await mkdir(logsOf(config), { recursive: true });
    await checkDiskSpace(config.home);
    await clearStale(config, say);
    await clearScratch(join(config.home, 'store'));

    // Written down before anything is started, and at every restart: who takes over must find the server to end it.
    const state: StackState = {
      ...{ pid: process.pid, control: null, serverPid: null, startedAt: new Date().toISOString() },
      addresses: addressesOf(config),
    };
    const record = (known: Partial<StackState>) => writeState(config, Object.assign(state, known));
    undo.push(() => removeState(config));
    const temporal = await provideTemporal(config, say, (serverPid) => {
      record({ serverPid }).catch((error: unknown) => say(String(error)));
    });
    if (temporal) undo.push(temporal.stop);
    // Another stack's server has its pages elsewhere.
    const ui = config.externalTemporal || (await isListening(config.ports.ui)) ? config.ui : null;

    const lambda = await startEndpointProcess(config, say);
    undo.push(lambda.stop);
    const reports = await onPort(config.ports.reports, 'report pages', 'MLOPS_REPORTS_PORT', (port) =>
      startReportServer({ objects: openReportObjects(config), port }),
    );
    undo.push(() => reports.close());

    if (encrypts(config.codec)) {
      const { codec: settings, ui } = config;
      const codec = await openCodec(settings);
      const server = await onPort(settings.server.port, 'codec server', 'MLOPS_CODEC_PORT', (port) =>
        startCodecServer({ codec, host: '127.0.0.1', port, ui }),
      );
      undo.push(() => server.close());
    }

    const worker = await supervise({
      name: 'worker',
      command: process.execPath,
      args: [...YOUNG_GENERATION, ...ownProgram('worker')],
      env: config.environment,
      log: join(logsOf(config), 'worker.log'),
      ready: (child) =>
        new Promise((resolve) => child.on('message', (message) => message === WORKER_READY && resolve())),
      say,
    });
    undo.push(worker.stop);

    const status = (): StackStatus => ({
      pid: process.pid,
      workerPid: worker.pid() ?? null,
      serverPid: temporal?.pid() ?? null,
      ui,
      lambda: lambda.url,
      reports: reports.url,
      logs: logsOf(config),
      troubles: [temporal?.trouble() ?? null, lambda.trouble(), worker.trouble()].filter((trouble) => trouble !== null),
    });
    const token = randomBytes(16).toString('hex');
    const control = await startControl(token, status, () => void stop());
    undo.push(() => new Promise((resolve) => control.close(resolve)));
    await record({ control: { port: (control.address() as AddressInfo).port, token } });
    return { ended, stop, status };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What V8's young generation has from the start, in MiB, for each thread of a worker: it would begin with 1, collect it every few
 * milliseconds, and shrink to that again between runs.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16'];

/** GET tells the status, DELETE stops. Only callers that can read the state file know the token, and no web page may ask. */
export async function startControl(token: string, status: () => unknown, stop: () => void): Promise<Server> {
  const server = createServer((request, response) => {
    const known = foreignCaller(request) === null && request.headers.authorization === `Bearer ${token}`;
    response.statusCode = known ? 200 : 403;
    response.setHeader('content-type', 'application/json');
    response.end(known ? JSON.stringify(status()) : '{}');
    if (known && request.method === 'DELETE') stop();
  });
  await listen(server, 0, '127.0.0.1');
  return server;
}

/** Below this much free space a stack is not started: database, store and logs would be cut short. */
const MINIMUM_FREE_BYTES = 200 * 1024 * 1024;

const MIB = 1024 * 1024;

/** @throws Error with the remedy when the file system of `directory` has too little room */
export async function checkDiskSpace(directory: string, minimum = MINIMUM_FREE_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < minimum)
    throw new Error(
      `${directory} has ${Math.floor(free / MIB)} MiB of disk left and the local stack needs ${minimum / MIB}: free some space, or set MLOPS_HOME to another disk.`,
    );
}
