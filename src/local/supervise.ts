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

/** A process that ends sooner than this after its start has failed to start. */
const SHORT_LIFE_MS = 5000;

/** Give up after so many short lives in a row. */
const MAX_SHORT_LIVES = 5;

/** Pause before a restart; it doubles with every short life. */
const RESTART_AFTER_MS = 250;

/** A process told to stop is killed after this time. */
const STOP_TIMEOUT_MS = 15_000;

/** Keeps a process running: one that dies is started again, with a pause that grows while it keeps dying. */
export async function supervise(
  what: Supervised,
): Promise<{ pid: () => number | undefined; stop: () => Promise<void> }> {
  let stopping = true; // until the first start has succeeded; its failure is told to the caller, who decides
  let shortLives = 0;
  let child: ChildProcess;
  let restart: NodeJS.Timeout | undefined;

  const start = async (): Promise<void> => {
    const log = await open(what.log, 'a');
    const startedAt = performance.now();
    child = spawn(what.command, what.args, { env: what.env, stdio: ['ignore', log.fd, log.fd, 'ipc'] });
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`The ${what.name} ended (${signal ?? `exit code ${code ?? 'unknown'}`}); see ${what.log}.`)),
      );
    });
    await log.close();
    ended.catch(() => {
      if (stopping) return;
      shortLives = performance.now() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0;
      if (shortLives > MAX_SHORT_LIVES) {
        what.say(`The ${what.name} keeps ending right after its start; see ${what.log}. Not starting it again.`);
        return;
      }
      what.say(`The ${what.name} ended; starting it again.`);
      restart = setTimeout(() => void begin(), RESTART_AFTER_MS * 2 ** shortLives);
    });
    what.started?.(child.pid ?? null);
    await Promise.race([what.ready(child), ended]);
  };

  /** A later start that fails has ended its process, which starts the next one. */
  const begin = () => start().catch((error: unknown) => what.say(String(error)));

  await start();
  stopping = false;
  return {
    pid: () => child.pid,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
