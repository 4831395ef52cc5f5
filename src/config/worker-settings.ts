import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Environment, filled, oneOf, portOf } from './environment.js';

const ROLES = ['all', 'workflow', 'compute'] as const;

const SLOTS = ['fixed', 'resource-based'] as const;

/** Which task queues a worker listens on: both, that of workflows and light steps, or that of numeric work. */
type WorkerRole = (typeof ROLES)[number];

/** How a worker runs, complete and checked. */
export interface WorkerSettings {
  role: WorkerRole;
  /** Activities of a worker told to stop may go on for this long before they are cancelled, in seconds. */
  shutdownGraceSeconds: number;
  /** Port of `/healthz` and `/readyz`, `null` for no such server. */
  healthPort: number | null;
  /** What Temporal knows this build by, `null` for a worker without versions. */
  version: { deploymentName: string; buildId: string } | null;
  /** `resource-based`: numeric work begins only while memory and processors allow it. */
  slots: (typeof SLOTS)[number];
}

/** Enough for what is nearly done; numeric work begins anew elsewhere. */
const DEFAULT_GRACE_SECONDS = 3;

/** Longer, and whoever runs containers kills them first. */
const MAX_GRACE_SECONDS = 3600;

/** More would only wait for each other. */
const MAX_THREADS = 256;

/** Threads for numeric work, by default one for each processor. @throws Error with the variable, the limit and the remedy */
export function computeThreads(env: Environment): number {
  const threads = Number(filled(env, 'MLOPS_COMPUTE_THREADS') ?? availableParallelism());
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS)
    throw new Error(`MLOPS_COMPUTE_THREADS is not a number of threads: give a whole number from 1 to ${MAX_THREADS}.`);
  return threads;
}

/** @throws Error with the variable, the limit and the remedy */
export const workerSettings = (env: Environment): WorkerSettings => ({
  role: oneOf(env, 'MLOPS_WORKER_ROLE', ROLES) ?? 'all',
  shutdownGraceSeconds: graceOf(env),
  healthPort: portOf(env, 'MLOPS_HEALTH_PORT', null),
  version: versionOf(env),
  slots: oneOf(env, 'MLOPS_SLOTS', SLOTS) ?? 'fixed',
});

function versionOf(env: Environment): WorkerSettings['version'] {
  const [deploymentName, buildId] = [filled(env, 'MLOPS_DEPLOYMENT_NAME'), filled(env, 'MLOPS_BUILD_ID')];
  if (deploymentName === undefined && buildId === undefined) return null;
  if (deploymentName === undefined || buildId === undefined)
    throw new Error('MLOPS_DEPLOYMENT_NAME and MLOPS_BUILD_ID belong together: set both, or neither.');
  if (deploymentName.includes('.'))
    throw new Error('MLOPS_DEPLOYMENT_NAME has a dot, which separates it from the build id: give a name without.');
  return { deploymentName, buildId };
}

function graceOf(env: Environment): number {
  const seconds = Number(filled(env, 'MLOPS_SHUTDOWN_GRACE') ?? DEFAULT_GRACE_SECONDS);
  if (!(seconds >= 0 && seconds <= MAX_GRACE_SECONDS))
    throw new Error(`MLOPS_SHUTDOWN_GRACE is not a time: give seconds from 0 to ${MAX_GRACE_SECONDS}.`);
  return seconds;
}

/** Dots separate it from what stands before it in ids. */
const TASK_QUEUE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Hexadecimal digits of a place's hash: enough for the projects of one namespace. */
const DIGITS = 8;

/**
 * Task queue of a project's runs: `MLOPS_TASK_QUEUE`, else one by the place where everything is kept, which its workers have
 * in common and no other project has, like `mlops-3f2a9c1b`.
 * @param place address of the bucket, or path of the home
 * @throws Error with the variable, the limit and the remedy
 */
export function taskQueueOf(env: Environment, place: string): string {
  const given = filled(env, 'MLOPS_TASK_QUEUE');
  if (given === undefined) return `mlops-${createHash('sha256').update(place).digest('hex').slice(0, DIGITS)}`;
  if (!TASK_QUEUE.test(given))
    throw new Error(
      'MLOPS_TASK_QUEUE is not a task queue: give 1 to 63 letters, digits, hyphens and underscores, beginning with a letter or digit.',
    );
  return given;
}

/** Absolute paths of the modules that `MLOPS_LEARNERS` names, separated by commas. @throws Error for one that is missing */
export function learnerModules(env: Environment): string[] {
  const paths = (filled(env, 'MLOPS_LEARNERS') ?? '').split(',').flatMap((path) => path.trim() || []);
  for (const path of paths)
    if (!existsSync(path))
      throw new Error(
        `MLOPS_LEARNERS names ${path}, which does not exist: give paths of modules, separated by commas.`,
      );
  return paths.map((path) => resolve(path));
}
