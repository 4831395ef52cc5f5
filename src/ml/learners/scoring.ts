import { PipelineFailure } from '../../contracts/failures.js';
import { CUSTOM_KIND, type ModelFeature, type Predictor } from '../../contracts/learner.js';
import { isRecord, refuse } from '../../model/checks.js';
import { cartScoring } from './cart/score.js';
import { type CustomEstimator, customScoring } from './custom/score.js';
import { gradientBoostingScoring } from './gradient-boosting/score.js';
import type { Scoring } from './learner.js';
import { linearSvmScoring } from './linear-svm/score.js';
import { logisticRegressionScoring } from './logistic-regression/score.js';
import { neuralNetworkScoring } from './neural-network/score.js';
import { randomForestScoring } from './random-forest/score.js';
import type { Tree } from './tree/check.js';

/** How models of the built-in kinds are scored, a line for each: what the function's code has of the learners. */
const BUILT_IN = {
  'logistic-regression': logisticRegressionScoring,
  'linear-svm': linearSvmScoring,
  'neural-network': neuralNetworkScoring,
  cart: cartScoring,
  'random-forest': randomForestScoring,
  'gradient-boosting': gradientBoostingScoring,
};

/** What a model has learned: the part of its document that its kind decides. */
export type Estimator = ReturnType<(typeof BUILT_IN)[keyof typeof BUILT_IN]['check']> | CustomEstimator;

const scorings = new Map<string, Scoring<Estimator>>(Object.entries(BUILT_IN));

/**
 * Makes models of this kind known to this program, in place of what was known of it before.
 * @param module absolute path of the module whose default export it is
 */
export function registerPredictor(predictor: Predictor, module: string | null = null): void {
  scorings.set(predictor.kind, customScoring(predictor, module));
}

/** @throws PipelineFailure `ModelInvalid` when no learner of this kind is known */
export function scoringOf(kind: Estimator['kind']): Scoring<Estimator> {
  const scoring = scorings.get(kind);
  if (scoring !== undefined) return scoring;
  throw new PipelineFailure(
    'ModelInvalid',
    `The model is of the kind ${kind}, whose learner this program does not know: name its module in MLOPS_LEARNERS and start again.`,
  );
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkEstimator(value: unknown, features: ModelFeature[]): Estimator {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (typeof kind === 'string' && (scorings.has(kind) || CUSTOM_KIND.test(kind)))
    return scoringOf(kind as Estimator['kind']).check(value, features); // refused when it is none of them
  return refuse(
    'estimator.kind',
    kind === undefined ? 'missing' : 'unknown',
    `one of ${Object.keys(BUILT_IN).join(', ')}`,
  );
}

/** The trees of an estimator, none when it is not made of trees. */
export const treesOf = (estimator: Estimator): Tree[] => scoringOf(estimator.kind).trees?.(estimator) ?? [];
