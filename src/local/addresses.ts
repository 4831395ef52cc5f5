import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { type Config, readConfig } from '../config/config.js';
import { filled } from '../config/environment.js';
import { programCommand } from '../contracts/commands.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import { runningState, type StackAddresses } from './state.js';

/** A program that listens on a port. */
interface Holder {
  pid: number;
  /** Name without its directory. */
  program: string;
  args: string[];
}

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** Who listens on a port of this machine; `null` when that cannot be told, as of other users' programs. */
export async function portHolder(port: number): Promise<Holder | null> {
  try {
    const pid = process.platform === 'linux' ? await pidByProc(port) : await pidByLsof(port);
    const args = pid === null ? [] : await argsOf(pid);
    return pid === null || args.length === 0 ? null : { pid, program: basename(args[0]!), args };
  } catch {
    return null; // no such tool, or a process that has ended meanwhile
  }
}

/** For a sentence: program and process, or `another program`. */
async function holderInWords(port: number): Promise<string> {
  const holder = await portHolder(port);
  return holder === null ? 'another program' : `${holder.program} (process ${holder.pid})`;
}

const DATABASE = '--db-filename';

/** Home of the local stack whose Temporal server listens on a port; `null` when it is none's or unknown. */
export async function homeOfServer(port: number): Promise<string | null> {
  const holder = await portHolder(port);
  return holder === null ? null : homeOf(holder);
}

/** Home of the local stack whose Temporal server a program is; `null` when it is none's. */
export function homeOf({ args }: Holder): string | null {
  const database = args[args.indexOf(DATABASE) + 1];
  return args.includes(DATABASE) && database !== undefined ? dirname(database) : null;
}

async function pidByProc(port: number): Promise<number | null> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = new Set(
    tables
      .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
      .filter(([, local, , state]) => local?.endsWith(wanted) && state === LISTEN)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  if (sockets.size === 0) return null;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => []))
      if (sockets.has(await readlink(`/proc/${pid}/fd/${file}`).catch(() => ''))) return Number(pid);
  return null;
}

async function pidByLsof(port: number): Promise<number | null> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp']);
  const pid = Number(/^p(\d+)$/m.exec(stdout)?.[1]);
  return Number.isInteger(pid) ? pid : null;
}

async function argsOf(pid: number): Promise<string[]> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter((arg) => arg !== '');
  const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
  return stdout.trim().split(' ');
}

/** Starts a server. @throws Error that says what to do when another program has its port */
export async function onPort<T>(
  port: number,
  what: string,
  variable: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw await portTaken(port, what, variable, error);
    throw error;
  }
}

/** What is told when another program has a port. */
export const portTaken = async (port: number, what: string, variable: string, cause?: unknown) =>
  new Error(
    `Port ${port} of the ${what} is in use by ${await holderInWords(port)}: stop it, set ${variable} to a free port, or let free ones be chosen with --ports auto.`,
    { cause },
  );

/** How long a server on this machine may take to answer. */
const PROBE_TIMEOUT_MS = 2000;

/** What listens on a port of this machine. */
type Listener = 'nothing' | 'temporal' | 'other';

/** Whether anything listens, and whether it speaks Temporal. */
export async function probeTemporal(port: number): Promise<Listener> {
  if (!(await isListening(port))) return 'nothing';
  const { Connection } = await import('@temporalio/client'); // most callers only ask whether anything listens
  try {
    const connection = await Connection.connect({
      address: `127.0.0.1:${port}`,
      connectTimeout: PROBE_TIMEOUT_MS,
    });
    await connection.close();
    return 'temporal';
  } catch {
    return 'other'; // it accepts connections but does not answer as Temporal does
  }
}

/** Whether a TCP connection is accepted. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: PROBE_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

/** Where the parts of a stack of this configuration are, by the settings that say so. */
export function addressesOf(config: Config): StackAddresses {
  const { ports, codec, taskQueue, temporal, namespace } = config;
  return {
    settings: {
      MLOPS_TEMPORAL_PORT: String(ports.temporal),
      MLOPS_UI_PORT: String(ports.ui),
      MLOPS_LAMBDA_PORT: String(ports.lambda),
      MLOPS_REPORTS_PORT: String(ports.reports),
      ...(encrypts(codec) ? { MLOPS_CODEC_PORT: String(codec.server.port) } : {}),
      MLOPS_TASK_QUEUE: taskQueue,
    },
    temporal: temporal.connectionOptions.address ?? '',
    namespace,
  };
}

/**
 * The configuration of a command, with the addresses of the stack that runs in its home.
 * @throws Error that names both where the environment says something else
 */
export async function asTheStack(config: Config): Promise<Config> {
  const { addresses } = (await runningState(config)) ?? { addresses: null };
  if (addresses === null) return config;
  const otherwise = (what: string, here: string, there: string) =>
    new Error(
      `${what} is ${here} here, and ${there} for the stack that runs in ${config.home}: unset it to use that stack, or stop the stack with ${programCommand('stop')} and start it anew.`,
    );
  for (const [variable, value] of Object.entries(addresses.settings)) {
    const given = filled(config.environment, variable);
    if (given !== undefined && given !== value) throw otherwise(variable, given, value);
  }
  const settled = readConfig({ ...config.environment, ...addresses.settings });
  const { temporal, namespace } = addressesOf(settled);
  if (temporal !== addresses.temporal) throw otherwise('The address of Temporal', temporal, addresses.temporal);
  if (namespace !== addresses.namespace) throw otherwise('The namespace of Temporal', namespace, addresses.namespace);
  return settled;
}

/**
 * Refuses what answers on this configuration's ports when it is another home's stack, and none runs in this one.
 * @throws Error that names both homes
 */
export async function refuseOtherHome(config: Config): Promise<void> {
  if (config.externalTemporal || (await runningState(config)) !== null) return;
  const { temporal: port } = config.ports;
  const home = await homeOfServer(port);
  if (home !== null && home !== config.home)
    throw new Error(
      `The Temporal server on port ${port} is that of the local stack of ${home}, and in ${config.home} no stack runs: start one with ${programCommand('stack', '--ports', 'auto')}, or set MLOPS_HOME=${home}.`,
    );
}

/** The configuration with a free port for each part whose port is not set: the usual one, else any. */
export async function withFreePorts(config: Config): Promise<Config> {
  const { settings } = addressesOf(config);
  const chosen: Record<string, string> = {};
  for (const [variable, usual] of Object.entries(settings))
    if (variable.endsWith('_PORT') && filled(config.environment, variable) === undefined)
      chosen[variable] = String((await freePort(Number(usual))) ?? (await freePort(0)));
  return readConfig({ ...config.environment, ...chosen });
}

/** This port when nobody has it, `null` otherwise; 0 for any. */
function freePort(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
