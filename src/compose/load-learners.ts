import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Learner, registerLearner } from '../learner.js';
import { learnerOf } from '../ml/learners/index.js';
import { isRecord } from '../model/checks.js';

/**
 * Loads modules of learners and registers what they export by default: a learner, or a list of them. Loading one again
 * changes nothing.
 *
 * @param paths absolute paths of modules
 * @throws Error naming the module and the remedy
 */
export async function loadLearners(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const exported = await defaultOf(path);
    const learners: unknown[] = Array.isArray(exported) ? exported : [exported];
    if (!learners.every(isLearner))
      throw new Error(
        `${targetOf(path)} has no learner as its default export: write "export default defineLearner(...)".`,
      );
    for (const learner of learners) {
      registerLearner(learner);
      await checkPredictor(learner);
    }
  }
}

/** What is deployed must be what was learned and judged with. */
async function checkPredictor({ predictor }: Learner): Promise<void> {
  const module = learnerOf(predictor.kind)?.predictorModule;
  if (module !== undefined && (await defaultOf(module)) !== predictor)
    throw new Error(
      `The learner ${predictor.kind} has another predictor than the default export of ${basename(module)}: import that.`,
    );
}

async function defaultOf(path: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it threw something else';
    throw new Error(`${targetOf(path)} cannot be loaded: ${why}; mend the module and start again.`, { cause });
  }
}

const targetOf = (path: string): string => `The learner module ${basename(path)} (MLOPS_LEARNERS)`;

// What a module of somebody else's exports cannot be known before it is looked at.
const isLearner = (value: unknown): value is Learner =>
  isRecord(value) &&
  typeof value['fit'] === 'function' &&
  typeof value['version'] === 'string' &&
  isRecord(value['options']) &&
  isRecord(value['options']['shape']) &&
  isRecord(value['predictor']) &&
  typeof value['predictor']['kind'] === 'string' &&
  value['predictorModule'] !== undefined;
