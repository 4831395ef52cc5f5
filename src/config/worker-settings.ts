import { availableParallelism } from 'node:os';
import { type Environment, filled, oneOf, portOf } from './environment.js';

const ROLES = ['all', 'workflow', 'compute'] as const;

const SLOTS = ['fixed', 'resource-based'] as const;

/** Which task queues a worker listens on: both, that of workflows and light steps, or that of numeric work. */
export type WorkerRole = (typeof ROLES)[number];

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
