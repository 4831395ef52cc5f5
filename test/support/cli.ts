import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { readConfig } from '../../src/config/config.js';
import { findStack } from '../../src/local/state.js';
import { freePorts, makeDirectory } from './temp.js';

/** How a command ended. */
export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command line as `npm run` starts it. */
export const AS_NPM_DOES = ['scripts/cli.mjs'];

/**
 * A home of the local stack with ports of its own, and the command line that uses it.
 * @param program arguments of Node that run the command line, compiled by default
 */
export async function openHome(
  whenFinished: (close: () => Promise<void>) => void,
  program: string[] = [inject('client')],
) {
  const home = await makeDirectory();
  const [temporal, ui, lambda, reports] = (await freePorts(4)) as [number, number, number, number];
  const environment: NodeJS.ProcessEnv = {
    ...withoutSettings(process.env),
    MLOPS_HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'), // keys of persons
    MLOPS_TEMPORAL_PORT: String(temporal),
    MLOPS_UI_PORT: String(ui),
    MLOPS_LAMBDA_PORT: String(lambda),
    MLOPS_REPORTS_PORT: String(reports),
    MLOPS_COMPUTE_THREADS: '1', // each takes a second of processor time to start
    NO_COLOR: '1',
  };
  const config = readConfig(environment);
  const run = (args: string[], overrides: NodeJS.ProcessEnv = {}): Promise<Answer> =>
    runCommand(process.execPath, [...program, ...args], { ...environment, ...overrides });
  const processes = async () => {
    const stack = await findStack(config);
    return stack === null ? [] : treeOf(stack.pid);
  };
  const connection = Connection.lazy({ address: `127.0.0.1:${temporal}` });
  whenFinished(async () => {
    await connection.close();
    const pids = await processes();
    await run(['stop']);
    for (const pid of pids) kill(pid);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    home,
    config,
    /** Arguments of Node that run the command line, and its environment: for those who do not wait for its end. */
    program,
    environment,
    ports: { temporal, ui, lambda, reports },
    run,
    /** For those who cannot wait for a command to start; of use once a stack runs. */
    client: new Client({ connection }),
    /** The running stack, `null` for none. */
    stack: () => findStack(config),
    /** The running stack's processes. */
    processes,
  };
}

export type Home = Awaited<ReturnType<typeof openHome>>;

/** Runs a program to its end. @param cwd its directory, ours by default */
export async function runCommand(
  command: string,
  args: string[],
  env = process.env,
  cwd = process.cwd(),
): Promise<Answer> {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  return { code, stdout: await stdout, stderr: await stderr };
}

async function textOf(stream: NonNullable<ChildProcess['stdout']>): Promise<string> {
  let text = '';
  for await (const part of stream.setEncoding('utf8')) text += part as string;
  return text;
}

/** What a developer's own shell says about servers is not for tests. */
export const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TEMPORAL|MLFLOW_|LOG_|OTEL_|MLOPS_(?!CACHE))/.test(name)),
  );

/** A process and all that it started, directly or not. */
export async function treeOf(root: number): Promise<number[]> {
  const { stdout } = await runCommand('ps', ['-A', '-o', 'pid=,ppid=']);
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const tree = [root];
  for (let index = 0; index < tree.length; index++)
    tree.push(...parents.filter(([, parent]) => parent === tree[index]).map(([pid]) => pid));
  return tree;
}

/** Ends a process at once; one that has ended already is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}
