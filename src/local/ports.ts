import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';

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
