import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, makeDirectory } from '../../support/temp.js';
import { type ServiceProcess, startService } from '../service-process.js';

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
  const args = [
    ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--backend-store-uri', `sqlite:///${join(directory, 'mlflow.db')}`],
    ...['--artifacts-destination', join(directory, 'artifacts')],
  ];
  const env = { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true' };
  let running: ServiceProcess | null = null;

  const start = async () => {
    running = await startService('mlflow', args, { healthUrl: `${uri}/health`, directory, env });
  };
  const stop = async () => {
    await running?.stop();
    running = null;
  };
  const close = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  await start();
  return { uri, directory, start, stop, close };
}
