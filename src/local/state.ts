import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http'; // fetch takes 30 ms to load
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Config } from '../config/config.js';
import { isAlive, isMissing, writeFileAtomic } from '../store/files.js';

const addressesSchema = z.strictObject({
  /** By the settings that say so: ports and task queue. */
  settings: z.record(z.string().regex(/^MLOPS_[A-Z_]+$/), z.string()),
  /** Address of the Temporal server. */
  temporal: z.string(),
  namespace: z.string(),
});

/** Where the parts of a stack are. */
export type StackAddresses = z.infer<typeof addressesSchema>;

const stateSchema = z.strictObject({
  pid: z.int().positive(),
  /** Port of its control server on 127.0.0.1, and the word that its callers must know; `null` while it starts. */
  control: z.strictObject({ port: z.int(), token: z.string() }).nullable(),
  /** The Temporal server it started, `null` when it uses another's. */
  serverPid: z.int().positive().nullable(),
  startedAt: z.string(),
  addresses: addressesSchema,
});

/** What a running stack writes down for others to find it. */
export type StackState = z.infer<typeof stateSchema>;

/** What the control server tells. */
export interface StackStatus {
  pid: number;
  workerPid: number | null;
  serverPid: number | null;
  ui: string | null;
  lambda: string;
  /** Address of the report pages. */
  reports: string;
  logs: string;
  /** Parts that are down or have just been, each in words: how often they ended and when they start again. */
  troubles: string[];
}

const ANSWER_TIMEOUT_MS = 3000;
const ORPHAN_TIMEOUT_MS = 10_000;

const statePath = (config: Config) => join(config.home, 'stack.json');

/** Folder of what the stack and its processes print. */
export const logsOf = (config: Config) => join(config.home, 'logs');

/** Lets others find the stack of this home. */
export const writeState = (config: Config, state: StackState) =>
  writeFileAtomic(statePath(config), `${JSON.stringify(state, null, 2)}\n`);

/** Forgets the stack of this home; also when none is written down. */
export const removeState = (config: Config) => rm(statePath(config), { force: true });

async function readState(config: Config): Promise<StackState | null> {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(statePath(config), 'utf8'))).data ?? null;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The stack of this home if it answers; a state file whose stack does not answer is stale and means none. */
export async function findStack(config: Config): Promise<StackStatus | null> {
  const state = await readState(config);
  if (state === null) return null;
  const answer = await callControl(state, 'GET');
  return answer === null ? null : (JSON.parse(answer) as StackStatus);
}

/** What the stack of this home wrote down, if it answers. */
export async function runningState(config: Config): Promise<StackState | null> {
  const state = await readState(config);
  return state === null || (await callControl(state, 'GET')) === null ? null : state;
}

/** What is wrong with the running stack of this home; nothing where none runs, or another server is used. */
export const stackTroubles = async (config: Config): Promise<string[]> => (await findStack(config))?.troubles ?? [];

/** Tells the stack of this home to stop. Gives false when none answers. */
export async function requestStop(config: Config): Promise<boolean> {
  const state = await readState(config);
  if (state === null || (await callControl(state, 'DELETE')) === null) return false;
  while (isAlive(state.pid) && (await readState(config)) !== null) await delay(50);
  return true;
}

/** What the control server answers, `null` where nobody is there, or somebody else: either way not our stack. */
function callControl({ control }: StackState, method: string): Promise<string | null> {
  if (control === null) return Promise.resolve(null);
  const { port, token } = control;
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        method,
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        agent: false, // or the connection stays, and the process with it
      },
      (response) => {
        if (response.statusCode === 200) text(response).then(resolve, () => resolve(null));
        else {
          response.destroy();
          resolve(null);
        }
      },
    );
    asked.once('error', () => resolve(null));
    asked.end();
  });
}

/** Ends the Temporal server that a killed stack of this home left behind, and forgets the stack. */
export async function clearStale(config: Config, say: (line: string) => void): Promise<void> {
  const state = await readState(config);
  if (state === null) return;
  say('An earlier stack ended without cleaning up; taking over its files.');
  const { serverPid } = state;
  if (serverPid !== null && (await isOurServer(serverPid, config))) {
    process.kill(serverPid, 'SIGTERM');
    const deadline = performance.now() + ORPHAN_TIMEOUT_MS;
    while (isAlive(serverPid) && performance.now() < deadline) await delay(50);
  }
  await removeState(config);
}

/** A process id may have been given to another program since: only one that has our database open on its command line. */
async function isOurServer(pid: number, config: Config): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout.includes(join(config.home, 'temporal.db'));
  } catch {
    return false; // ps finds no such process
  }
}
