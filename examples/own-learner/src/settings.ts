import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from 'anemia-mlops';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const DEFINITION = here('../pumps.json');

/** The settings of the environment, and our learner. */
export const settings = (): Config => readConfig({ ...process.env, MLOPS_LEARNERS: here('learner.js') });
