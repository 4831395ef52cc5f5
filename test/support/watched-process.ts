import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';
import type { Hold, Message } from './watched-worker.js';

/** A worker process whose activities are written down and can be held. */
export interface WatchedWorker {
  pid: number;
  /** Settles when all holds it was given wait. */
  held: Promise<unknown>;
  release: () => void;
  kill: () => Promise<void>;
  /** Asks it to end, and gives its exit code. */
  terminate: () => Promise<number | null>;
  /** What it has written to its terminal. */
  printed: () => string;
}

/**
 * Starts a worker process; `ready` settles when it listens.
 * @param log file that its activities are written down in
 */
export function startWatchedWorker(options: {
  env: NodeJS.ProcessEnv;
  holds: Hold[];
  log: string;
  workflowBundle: string;
}): { worker: WatchedWorker; ready: Promise<void> } {
  const { env, holds, log, workflowBundle } = options;
  const child = fork(inject('watchedWorker'), [log, JSON.stringify(holds), workflowBundle], {
    env,
    silent: true,
  });
  let printed = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (text: Buffer) => (printed += text.toString()));
  const heard = ears(child, () => printed.slice(-LOG_END));
  const worker: WatchedWorker = {
    pid: child.pid!,
    held: heard((messages) => messages.filter((message) => 'held' in message).length === holds.length),
    release: () => void child.send('release'),
    kill: () => killed(child),
    printed: () => printed,
    terminate: () => terminated(child),
  };
  worker.held.catch(() => undefined); // only of interest to those who wait for it
  const ready = heard((messages) => messages.some((message) => 'ready' in message));
  return { worker, ready };
}

/** Characters of a worker's log told when it ends unasked. */
const LOG_END = 2000;

/** Waits for what a child tells; fails when it ends before. */
function ears(child: ChildProcess, log: () => string): (enough: (messages: Message[]) => boolean) => Promise<void> {
  const messages: Message[] = [];
  child.on('message', (message) => void messages.push(message as Message));
  return (enough) =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (enough(messages)) resolve();
      };
      check();
      child.on('message', check);
      child.once('exit', (code, signal) => reject(new Error(`The worker ended (${signal ?? String(code)}): ${log()}`)));
    });
}

/** Ends a process as its supervisor would, and gives its exit code. */
async function terminated(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await exit) as [number | null];
  return code;
}

/** Ends a process as a power cut would. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
