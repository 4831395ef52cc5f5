import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUILD_FOLDER } from '../config/environment.js';

/** Processes that the local stack starts and that have no business with most of its environment. */
export type ProcessKind = 'temporal-server' | 'lambda-endpoint' | 'go-build' | 'git';

/** What any program may need to find its files and to write in the language of its user. */
const ANY =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_(ALL|COLLATE|CTYPE|MESSAGES|MONETARY|NUMERIC|TIME)|TZ|TMPDIR|TMP|TEMP|TERM|NO_COLOR|FORCE_COLOR|XDG_(CACHE|CONFIG|DATA|STATE)_HOME|XDG_RUNTIME_DIR)$/;

/** The same on Windows, where names have any case. */
const ANY_ON_WINDOWS = /^(SystemRoot|SystemDrive|ComSpec|PATHEXT|windir|APPDATA|LOCALAPPDATA|USERPROFILE)$/i;

const OWN_SETTINGS = [
  ...['MLOPS_HOME', 'MLOPS_CAPTURE', 'MLOPS_STORAGE', 'MLOPS_S3_KMS_KEY'],
  ...['MLOPS_LAMBDA_HOST', 'MLOPS_LAMBDA_PORT', 'LOG_LEVEL', 'LOG_FORMAT'],
];

/** What each kind needs besides; nothing else reaches it, so no key, password or token that is for another. */
const NEEDED: Record<ProcessKind, RegExp> = {
  'temporal-server': /^(GOMAXPROCS|GOMEMLIMIT)$/,
  'lambda-endpoint': new RegExp(`^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|${OWN_SETTINGS.join('|')})$`),
  'go-build': /^(GO\w*|CGO_\w+|CC|CXX|SSL_CERT_\w+|(HTTPS?|ALL|NO)_PROXY)$/i,
  git: /^GIT_CEILING_DIRECTORIES$/,
};

/** The AWS SDK's own: needed where captured predictions go to a bucket, and nowhere else. */
const AWS = /^AWS_/;

/**
 * The part of an environment that a kind of process is started with.
 * @param bucket whether the process reads or writes a bucket
 */
export const environmentFor = (
  kind: ProcessKind,
  environment: NodeJS.ProcessEnv,
  { bucket = false }: { bucket?: boolean } = {},
): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => ANY.test(name) || ANY_ON_WINDOWS.test(name) || NEEDED[kind].test(name) || (bucket && AWS.test(name)),
    ),
  );

/**
 * Arguments of Node that start this program with a command: built, which builds it anew where a source is newer by then,
 * compiled, or from its sources, which are transpiled as they load.
 */
export function ownProgram(...command: string[]): string[] {
  if (BUILD_FOLDER !== null)
    return [...process.execArgv, fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url)), ...command];
  const extension = extname(import.meta.url);
  const entry = fileURLToPath(new URL(`../client${extension}`, import.meta.url));
  const { execArgv } = process;
  const transpiled = extension !== '.ts' || execArgv.some((argument) => argument.includes('tsx'));
  return [...execArgv, ...(transpiled ? [] : ['--import', transpiler()]), entry, ...command];
}

/** The word a worker sends its parent once it polls. */
export const WORKER_READY = 'worker-ready';

/** By its path, so that it is found from any working directory. */
const transpiler = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface Supervised {
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
 * @throws Error of a first start that fails, after which no process is left; the caller decides what then
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
    let started: ChildProcess;
    let ended: Promise<never>;
    try {
      if (phase === 'stopped') return;
      child = started = spawn(what.command, what.args, { env: what.env, stdio: ['ignore', log.fd, log.fd, 'ipc'] });
      // Heard from here on: a program that is not there fails before anything can be waited for.
      ended = endOf(started);
      ended.catch(later);
    } finally {
      await log.close();
    }
    what.started?.(started.pid ?? null);
    await Promise.race([what.ready(started), ended]);
  };

  const endOf = (running: ChildProcess) =>
    new Promise<never>((_, reject) => {
      running.once('error', reject);
      running.once('exit', (code, signal) =>
        reject(new Error(`The ${name} ended (${signal ?? `exit code ${code ?? 'unknown'}`}); see ${path}.`)),
      );
    });

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

  const stop = async (): Promise<void> => {
    phase = 'stopped';
    clearTimeout(restart);
    const last = child;
    if (last?.pid === undefined || last.exitCode !== null || last.signalCode !== null) return;
    const gone = new Promise((resolve) => last.once('exit', resolve));
    last.kill('SIGTERM');
    const timer = setTimeout(() => last.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  };

  try {
    await start();
  } catch (error) {
    await stop(); // it may run, and only be of no use
    throw error;
  }
  phase = 'kept';
  return {
    pid: () => child?.pid,
    trouble() {
      if (nextStartAt !== null)
        return `the ${name} ended ${times(ends)}, next start in ${seconds(nextStartAt - performance.now())}, see ${path}`;
      const young = performance.now() - startedAt < SHORT_LIFE_MS;
      return ends > 0 && young ? `the ${name} ended ${times(ends)} and was started again, see ${path}` : null;
    },
    stop,
  };
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

const seconds = (milliseconds: number) => `${Math.max(1, Math.ceil(milliseconds / 1000))} s`;
