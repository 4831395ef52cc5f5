import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CUSTOM_KIND, type CustomFit, type CustomKind, type Predictor } from './contracts/learner.js';
import { customLearner } from './ml/learners/custom/fit.js';
import { addLearner, learnerOf } from './ml/learners/index.js';
import type { OptionsSchema } from './ml/learners/learner.js';

export { z };
export type { OptionsSchema };
export type { Json, CustomKind, ModelFeature, Predictor, RandomSource, TrainingMatrix } from './contracts/learner.js';

/**
 * A custom kind of candidate. The default export of its module, which `MLOPS_LEARNERS` names, because every thread
 * and process that learns or scores loads it by itself.
 *
 * @typeParam S schema of its options
 */
export interface Learner<S extends OptionsSchema = OptionsSchema> extends CustomFit<z.output<S>> {
  options: S;
  /** Its kind, and how its models are scored. */
  predictor: Predictor;
  /**
   * The module, as `new URL('./predictor.js', import.meta.url)`, whose default export is `predictor`: it is bundled
   * into the deployed function, the learner is not.
   */
  predictorModule: URL | string;
}

/** What became of those that were registered: entries of the table of learners. */
const entries = new WeakMap<object, ReturnType<typeof customLearner>>();

/** Gives a learner the types of its own options. */
export const defineLearner = <S extends OptionsSchema>(learner: Learner<S>): Learner<S> => learner;

/**
 * Makes a kind of candidate known to this thread: to definitions, to fitting and to whatever scores models. Runs learn in
 * threads of their own, so a worker must also be told the learner's module: `Config.learners`, or `MLOPS_LEARNERS`.
 *
 * @throws Error when something is missing in it, or another learner has its kind
 */
export function registerLearner<S extends OptionsSchema>(learner: Learner<S>): void {
  const { kind } = learner.predictor;
  const known = learnerOf(kind);
  if (known !== undefined && known === entries.get(learner)) return;
  const predictorModule = requireComplete(learner);
  if (known !== undefined) throw new Error(`There are two learners of the kind ${kind}: rename one of them.`);
  const entry = customLearner(learner, predictorModule); // its options were read by its own schema when it sees them
  addLearner(kind, entry);
  entries.set(learner, entry);
}

/** @returns absolute path of the predictor's module. @throws Error when something is missing in a learner */
export function requireComplete<S extends OptionsSchema>(learner: Learner<S>): string {
  const { kind } = learner.predictor;
  if (!CUSTOM_KIND.test(kind))
    throw new Error(
      'The kind of a learner is not of the form owner/learner in lower-case letters, digits and hyphens.',
    );
  if (!/^[^\p{Cc}]{1,64}$/u.test(learner.version))
    throw new Error(`The learner ${kind} has no version of 1 to 64 characters: give it one, like "1".`);
  const { shape } = learner.options;
  const loose = Object.keys(shape).find((name) => shape[name]?.def.type !== 'default');
  if (loose !== undefined)
    throw new Error(`The option ${loose} of the learner ${kind} has no default: give it one with .default(...).`);
  return pathOf(learner.predictorModule, kind);
}

function pathOf(module: URL | string, kind: CustomKind): string {
  const text = module.toString();
  if (text.startsWith('file:')) return fileURLToPath(text);
  if (isAbsolute(text)) return text;
  throw new Error(`The learner ${kind} does not say where its predictor is: give the file: URL of its module.`);
}
