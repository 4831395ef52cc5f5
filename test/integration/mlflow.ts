import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, makeDirectory } from '../support/temp.js';
import { until } from '../support/until.js';
import { serviceProgram } from './services.js';

/** Characters of its log told when it does not start. */
const LOG_END = 2000;
/** How long it may take to end by itself. */
const PATIENCE_MS = 10_000;

export interface MlflowServer {
  /** What `MLFLOW_TRACKING_URI` is to be. */
  uri: string;
  /** Holds its database `mlflow.db`, and what it keeps as `artifacts/<experiment>/<run>/artifacts/...`. */
  directory: string;
  /** Ends it; {@link MlflowServer.start} brings it back with all it had. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  /** Ends it and removes all it had. */
  close: () => Promise<void>;
}

/** Starts an MLflow server, empty and with a port of its own, that keeps artifacts itself. */
export async function startMlflow(): Promise<MlflowServer> {
  const [[port], directory] = [await freePorts(1), await makeDirectory()];
  const uri = `http://127.0.0.1:${port}`;
  let running: { child: ChildProcess; ended: Promise<void>; log: () => string } | null = null;

  const start = async () => {
    running = launch(port!, directory);
    const { child, log } = running;
    await until(
      async () => {
        if (isOver(child)) throw new Error(`mlflow ended: ${log()}`);
        return isUp(uri);
      },
      (up) => up,
    );
  };
  const stop = async () => {
    if (running === null) return;
    const { child, ended } = running;
    running = null;
    signal(child, 'SIGTERM');
    const impatient = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(impatient);
  };
  const close = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { uri, directory, start, stop, close };
}

function launch(port: number, directory: string) {
  const child = spawn(
    serviceProgram('mlflow'),
    [
      ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(directory, 'mlflow.db')}`],
      ...['--artifacts-destination', join(directory, 'artifacts')],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: directory,
      detached: true, // it starts processes of its own, which end with its group
      env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true' },
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (log = `${log}${text.toString()}`.slice(-LOG_END)));
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
    child.once('exit', () => resolve());
  });
  return { child, ended, log: () => log };
}

const isOver = (child: ChildProcess) => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** To the whole group that the server leads. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (!isOver(child)) process.kill(-child.pid!, name);
}

const isUp = (uri: string) =>
  fetch(`${uri}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
