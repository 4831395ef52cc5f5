import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

export interface Supervised {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Output is appended here. */
  log: string;
  /** Settles when the process is of use; called after every start. */
  ready: (child: ChildProcess) => Promise<void>;
  say: (line: string) => void;
  /** Hears the process id of every start. */
  started?: (pid: number | null) => void;
}

/** A process that is kept running. */
export interface Keeper {
  /** `undefined` while it is down. */
  pid: () => number | undefined;
  /** While it is down, or has only just been started again: how often it ended and when it starts; `null` when all is well. */
  trouble: () => string | null;
  stop: () => Promise<void>;
}

/** A process that ends sooner than this after its start has failed to start. */
const SHORT_LIFE_MS = 5000;

/** Pause before a restart; it doubles with every short life, up to the longest. */
const RESTART_AFTER_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** A process told to stop is killed after this time. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * Keeps a process running: one that dies is started again, however often, with a pause that grows while it keeps dying.
 * @throws Error of a first start that fails; the caller decides what then
 */
export async function supervise(what: Supervised): Promise<Keeper> {
  const { name, log: path } = what;
  let phase: 'first start' | 'kept' | 'stopped' = 'first start';
  let ends = 0;
  let shortLives = 0;
  let startedAt = 0;
  let nextStartAt: number | null = null;
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;

  const start = async (): Promise<void> => {
    startedAt = performance.now();
    nextStartAt = null;
    const log = await open(path, 'a');
    try {
      if (phase === 'stopped') return;
      child = spawn(what.command, what.args, { env: what.env, stdio: ['ignore', log.fd, log.fd, 'ipc'] });
    } finally {
      await log.close();
    }
    const started = child;
    const ended = new Promise<never>((_, reject) => {
      started.once('error', reject);
      started.once('exit', (code, signal) =>
        reject(new Error(`The ${name} ended (${signal ?? `exit code ${code ?? 'unknown'}`}); see ${path}.`)),
      );
    });
    ended.catch(later);
    what.started?.(started.pid ?? null);
    await Promise.race([what.ready(started), ended]);
  };

  /** Plans the start after one that ended. */
  const later = () => {
    if (phase !== 'kept') return;
    child = undefined;
    ends++;
    shortLives = performance.now() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0;
    const pause = Math.min(LONGEST_PAUSE_MS, RESTART_AFTER_MS * 2 ** shortLives);
    nextStartAt = performance.now() + pause;
    what.say(`The ${name} ended ${times(ends)}; starting it again in ${seconds(pause)}, see ${path}.`);
    restart = setTimeout(() => void begin(), pause);
  };

  const begin = () =>
    start().catch((error: unknown) => {
      what.say(String(error));
      if (child === undefined && nextStartAt === null) later(); // it could not even be started
    });

  await start();
  phase = 'kept';
  return {
    pid: () => child?.pid,
    trouble() {
      if (nextStartAt !== null)
        return `the ${name} ended ${times(ends)}, next start in ${seconds(nextStartAt - performance.now())}, see ${path}`;
      const young = performance.now() - startedAt < SHORT_LIFE_MS;
      return ends > 0 && young ? `the ${name} ended ${times(ends)} and was started again, see ${path}` : null;
    },
    async stop() {
      phase = 'stopped';
      clearTimeout(restart);
      const last = child;
      if (last === undefined || last.exitCode !== null || last.signalCode !== null) return;
      const gone = new Promise((resolve) => last.once('exit', resolve));
      last.kill('SIGTERM');
      const timer = setTimeout(() => last.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

const seconds = (milliseconds: number) => `${Math.max(1, Math.ceil(milliseconds / 1000))} s`;
