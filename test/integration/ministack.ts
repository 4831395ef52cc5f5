import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { freePorts, makeDirectory } from '../support/temp.js';
import { until } from '../support/until.js';
import { serviceProgram } from './services.js';

/** Characters of its log told when it does not start. */
const LOG_END = 2000;
/** How long it may take to end by itself. */
const PATIENCE_MS = 10_000;

export interface Ministack {
  /** The variables by which the AWS SDKs find it. */
  environment: Record<string, string>;
  close: () => Promise<void>;
}

/** Starts an emulator of AWS, empty and with a port of its own. */
export async function startMinistack(): Promise<Ministack> {
  const [program, [port], directory] = [serviceProgram('ministack'), await freePorts(1), await makeDirectory()];
  const child = spawn(program, [], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: directory,
    env: {
      ...process.env,
      TMPDIR: directory,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      SERVICES: 'lambda,monitoring',
      LAMBDA_EXECUTOR: 'local', // never in a container
      IOT_MTLS_ENABLED: '0', // would listen on fixed ports
      SFTP_ENABLED: '0',
    },
  });
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
  const isOver = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

  const close = async () => {
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(impatient);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };

  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await until(
      async () => {
        if (isOver()) throw new Error(`ministack ended: ${log}`);
        return answers();
      },
      (ready) => ready,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    close,
  };
}
