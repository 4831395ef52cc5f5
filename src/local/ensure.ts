import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import type { Config } from '../config/config.js';
import { OWNER_ONLY } from '../store/files.js';
import { ownProgram } from './processes.js';
import { findStack, logsOf, type StackStatus } from './state.js';

/** A stack may have to build its server first. */
const START_TIMEOUT_MS = 25 * 60_000;

/** How long a second starter waits for the first: its lock is refreshed while it lives, and stale 15 s after it died. */
const LOCK = { stale: 15_000, retries: { retries: 1500, factor: 1, minTimeout: 1000, maxTimeout: 1000 } };

/**
 * The running stack of this home, started in the background when there is none. Of several callers at once one starts
 * it and the others wait for it.
 *
 * @throws Error in the words of the stack when it cannot start
 */
export async function ensureStack(
  config: Config,
  say: (line: string) => void,
): Promise<{ status: StackStatus; started: boolean }> {
  const running = await findStack(config);
  if (running) return { status: running, started: false };
  return withStartLock(config, async () => {
    const meanwhile = await findStack(config);
    if (meanwhile) return { status: meanwhile, started: false };
    return { status: await startInBackground(config, say), started: true };
  });
}

/** Only one process at a time may start a stack in this home. */
export async function withStartLock<T>(config: Config, act: () => Promise<T>): Promise<T> {
  await mkdir(config.home, { recursive: true, mode: OWNER_ONLY.directory });
  const lock = { lost: false };
  const release = await lockfile.lock(config.home, {
    ...LOCK,
    lockfilePath: join(config.home, 'starting.lock'),
    onCompromised: () => (lock.lost = true), // the machine slept: a second starter finds the ports taken
  });
  try {
    return await act();
  } finally {
    if (!lock.lost) await release();
  }
}

async function startInBackground(config: Config, say: (line: string) => void): Promise<StackStatus> {
  say('Starting the local stack ...');
  await mkdir(logsOf(config), { recursive: true });
  const logPath = join(logsOf(config), 'stack.log');
  const log = await open(logPath, 'w');
  const child = spawn(process.execPath, ownProgram('stack', '--background'), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: config.environment,
  });
  const failed = new Promise<true>((resolve) => {
    child.once('exit', () => resolve(true));
    child.once('error', () => resolve(true));
  });
  child.unref();
  await log.close();

  const deadline = performance.now() + START_TIMEOUT_MS;
  let heard = 0;
  while (performance.now() < deadline) {
    const exited = await Promise.race([failed, delay(50, false)]);
    const lines = (await readFile(logPath, 'utf8')).split('\n').slice(0, -1);
    if (exited) throw new Error(lines.at(-1) ?? `The local stack ended at once; see ${logPath}.`);
    // The last one may be the error that it ends with, which is thrown.
    for (const line of lines.slice(heard, -1)) say(line);
    heard = Math.max(heard, lines.length - 1);
    const status = await findStack(config);
    if (status === null) continue;
    for (const line of lines.slice(heard)) say(line);
    return status;
  }
  throw new Error(`The local stack did not start within ${START_TIMEOUT_MS / 60_000} minutes; see ${logPath}.`);
}
