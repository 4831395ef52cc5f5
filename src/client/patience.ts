import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { printable } from '../contracts/printable.js';

/** What takes longer is told of. */
const SILENCE_MS = 5000;

/** Pause before a server that is away is asked for a result again. */
const AGAIN_MS = 1000;

/** What keeps a run from going on, in sentences, `''` for nothing; never fails, whoever is away. */
export type Watch = (workflowId: string) => Promise<string>;

/** Tells a person, beside whatever the program answers. */
export const tellPerson = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

/** A run that has been started. */
interface Run<T> {
  workflowId: string;
  result: () => Promise<T>;
}

/** Where versions are registered, for people. */
export const registryOf = ({ mlflow, storage, home }: Config): string =>
  mlflow === null ? `the registry in ${storage.base ?? home}` : `MLflow at ${mlflow.uri}`;

/** Waits for something that no try of ours repeats; after 5 s, and each time as long again, says for what and how long. */
export async function patiently<T>(
  what: string,
  work: Promise<T>,
  say: (line: string) => void = tellPerson,
): Promise<T> {
  const since = performance.now();
  const reported = () => {
    const seconds = Math.round((performance.now() - since) / 1000);
    say(`Waiting for ${what} since ${seconds} s.`);
    timer = setTimeout(reported, seconds * 1000);
  };
  let timer = setTimeout(reported, SILENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for the result of a run. After 5 s it says what the run waits for and how often that was tried, and again when that
 * changes. A server that goes away is waited for.
 */
export async function resultOf<T>(run: Run<T>, watch: Watch): Promise<T> {
  const ended = lastingResult(run);
  let last = '';
  for (;;) {
    const over = await sooner(ended, SILENCE_MS);
    if (over !== null) return over.result;
    const sentence = await watch(run.workflowId);
    if (sentence !== last && sentence !== '') tellPerson(`Waiting for ${run.workflowId}: ${sentence}`);
    last = sentence;
  }
}

/** What comes within the time, `null` otherwise; no timer is left behind, for which the process would stay. */
async function sooner<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, milliseconds, null)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Its result, in a box: asked for again while the server is away. */
export async function lastingResult<T>(run: Run<T>): Promise<{ result: T }> {
  for (;;)
    try {
      return { result: await run.result() };
    } catch (error) {
      if (!isAway(error)) throw error;
      await delay(AGAIN_MS);
    }
}

/** DEADLINE_EXCEEDED and UNAVAILABLE of gRPC. */
const AWAY: unknown[] = [4, 14];

/**
 * Whether Temporal could not be asked, rather than that it refused: an error of its client, or of gRPC beneath. By their
 * parts, because the client's classes take a while to load, and commands that never ask Temporal wait here, too.
 */
export function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.name === 'ServiceError' ? error.cause : error;
  return cause instanceof Error && 'code' in cause && 'details' in cause && AWAY.includes(cause.code);
}
