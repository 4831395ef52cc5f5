import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '../support/until.js';
import { serviceProgram } from './services.js';

/** Characters of its log told when it does not start. */
const LOG_END = 2000;
/** How long it may take to end by itself. */
const PATIENCE_MS = 10_000;

export interface ServiceProcess {
  /** Ends it and all that it started. */
  stop: () => Promise<void>;
}

/** Starts a program of the services and waits until this address answers. @throws Error with its last words when it ends before */
export async function startService(
  name: Parameters<typeof serviceProgram>[0],
  args: string[],
  { healthUrl, directory, env }: { healthUrl: string; directory: string; env: Record<string, string> },
): Promise<ServiceProcess> {
  const child = spawn(serviceProgram(name), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: directory,
    detached: true, // some start processes of their own, which end with the group
    env: { ...process.env, ...env },
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
  const stop = async () => {
    signal(child, 'SIGTERM');
    const impatient = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(impatient);
  };
  try {
    await until(
      async () => {
        if (isOver(child)) throw new Error(`${name} ended: ${log}`);
        return answers(healthUrl);
      },
      (ready) => ready,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

const isOver = (child: ChildProcess) => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** To the whole group that the process leads. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (!isOver(child)) process.kill(-child.pid!, name);
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
