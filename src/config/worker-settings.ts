import { type Environment, filled } from './environment.js';

const ROLES = ['all', 'workflow', 'compute'] as const;

/** Which task queues a worker listens on: both, that of workflows and light steps, or that of numeric work. */
export type WorkerRole = (typeof ROLES)[number];

/** How a worker runs, complete and checked. */
export interface WorkerSettings {
  role: WorkerRole;
  /** Activities of a worker told to stop may go on for this long before they are cancelled, in seconds. */
  shutdownGraceSeconds: number;
}

/** Enough for what is nearly done; numeric work begins anew elsewhere. */
const DEFAULT_GRACE_SECONDS = 3;

/** Longer, and whoever runs containers kills them first. */
const MAX_GRACE_SECONDS = 3600;

/** @throws Error with the variable, the limit and the remedy */
export const workerSettings = (env: Environment): WorkerSettings => ({
  role: oneOf(env, 'MLOPS_WORKER_ROLE', ROLES),
  shutdownGraceSeconds: graceOf(env),
});

/** One of these words, the first when none is given. */
function oneOf<T extends string>(env: Environment, name: string, words: readonly [T, ...T[]]): T {
  const text = filled(env, name) ?? words[0];
  const word = words.find((known) => known === text);
  if (word === undefined) throw new Error(`${name} is none of ${words.join(', ')}: choose one of these.`);
  return word;
}

function graceOf(env: Environment): number {
  const seconds = Number(filled(env, 'MLOPS_SHUTDOWN_GRACE') ?? DEFAULT_GRACE_SECONDS);
  if (!(seconds >= 0 && seconds <= MAX_GRACE_SECONDS))
    throw new Error(`MLOPS_SHUTDOWN_GRACE is not a time: give seconds from 0 to ${MAX_GRACE_SECONDS}.`);
  return seconds;
}
