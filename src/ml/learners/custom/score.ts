import { PipelineFailure } from '../../../contracts/failures.js';
import type { OwnKind, Predictor } from '../../../contracts/learner.js';
import type { ModelFeature, OwnEstimator } from '../../../contracts/model.js';

interface Registered {
  predictor: Predictor;
  /** Absolute path of the module whose default export it is; `null` where nothing is deployed from. */
  module: string | null;
}

const predictors = new Map<OwnKind, Registered>();

/** Makes models of this kind known to this program, in place of what was known of it before. */
export function registerPredictor(predictor: Predictor, module: string | null = null): void {
  predictors.set(predictor.kind, { predictor, module });
}

/** @throws PipelineFailure `ModelInvalid` when no learner of this kind was registered */
export function registeredPredictor(kind: OwnKind): Registered {
  const registered = predictors.get(kind);
  if (registered !== undefined) return registered;
  throw new PipelineFailure(
    'ModelInvalid',
    `The model is of the kind ${kind}, whose learner this program does not know: name its module in MLOPS_LEARNERS and start again.`,
  );
}

/** What a predictor made of the parameters of an estimator. */
const parsed = new WeakMap<OwnEstimator, unknown>();

/**
 * Scores the row that starts at `offset` by the registered predictor.
 * @throws PipelineFailure `ModelInvalid` when that gives no probability
 */
export function ownScorer(
  features: ModelFeature[],
  estimator: OwnEstimator,
): (x: ArrayLike<number>, offset: number) => number {
  const { predictor } = registeredPredictor(estimator.kind);
  if (!parsed.has(estimator)) parsed.set(estimator, predictor.parse(estimator.parameters, features));
  const model = parsed.get(estimator);
  const row = new Array<number>(features.length).fill(0);
  return (x, offset) => {
    for (let j = 0; j < row.length; j++) row[j] = x[offset + j]!;
    const score = predictor.predict(model, row);
    if (score >= 0 && score <= 1) return score === 0 ? 0 : score;
    throw new PipelineFailure(
      'ModelInvalid',
      `The predictor of ${estimator.kind} gave something else than a probability from 0 to 1: mend its predict.`,
    );
  };
}
