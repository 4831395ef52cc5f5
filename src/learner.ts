import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isOwnKind, type OwnFit, type OwnKind, type Predictor } from './contracts/learner.js';
import { registerFit } from './ml/learners/custom/fit.js';
import { registerPredictor } from './ml/learners/custom/score.js';

export { z };
export type { Json, OwnKind, Predictor, RandomSource, TrainingMatrix } from './contracts/learner.js';
export type { ModelFeature } from './contracts/model.js';

/** Options of a learner: each has a default, so that a definition may name the kind alone. */
export type OptionsSchema = z.ZodObject<Record<string, z.ZodDefault<z.ZodType>>>;

/**
 * A kind of candidate of one's own. The default export of its module, which `MLOPS_LEARNERS` names, because every thread
 * and process that learns or scores loads it by itself.
 *
 * @typeParam S schema of its options
 */
export interface Learner<S extends OptionsSchema = OptionsSchema> extends OwnFit<z.output<S>> {
  options: S;
  /** Its kind, and how its models are scored. */
  predictor: Predictor;
  /**
   * The module, as `new URL('./predictor.js', import.meta.url)`, whose default export is `predictor`: it is bundled
   * into the deployed function, the learner is not.
   */
  predictorModule: URL | string;
}

const learners = new Map<OwnKind, Learner>();

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
  const own = learner as unknown as Learner; // its options were read by its own schema when it sees them
  if (learners.get(kind) === own) return;
  if (!isOwnKind(kind))
    throw new Error(
      'The kind of a learner is not of the form owner/learner in lower-case letters, digits and hyphens.',
    );
  if (learners.has(kind)) throw new Error(`There are two learners of the kind ${kind}: rename one of them.`);
  if (!/^[^\p{Cc}]{1,64}$/u.test(learner.version))
    throw new Error(`The learner ${kind} has no version of 1 to 64 characters: give it one, like "1".`);
  const loose = Object.keys(own.options.shape).find((name) => !hasDefault(own.options, name));
  if (loose !== undefined)
    throw new Error(`The option ${loose} of the learner ${kind} has no default: give it one with .default(...).`);
  registerPredictor(learner.predictor, pathOf(learner.predictorModule, kind));
  registerFit(kind, own);
  learners.set(kind, own);
}

/** What was registered in this thread, in that order. */
export const registeredLearners = (): Learner[] => [...learners.values()];

const hasDefault = ({ shape }: OptionsSchema, name: string): boolean => shape[name]?.def.type === 'default';

function pathOf(module: URL | string, kind: OwnKind): string {
  const text = module.toString();
  if (text.startsWith('file:')) return fileURLToPath(text);
  if (isAbsolute(text)) return text;
  throw new Error(`The learner ${kind} does not say where its predictor is: give the file: URL of its module.`);
}
