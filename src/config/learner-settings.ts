import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Environment, filled } from './environment.js';

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
