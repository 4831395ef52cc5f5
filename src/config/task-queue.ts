import { createHash } from 'node:crypto';
import { type Environment, filled } from './environment.js';

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
