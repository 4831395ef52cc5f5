import { PipelineFailure } from '../../../contracts/failures.js';
import type { Predictor } from '../../../contracts/learner.js';
import type { Scoring } from '../learner.js';
import { checkCustom, type CustomEstimator } from './check.js';

/** How models are scored whose learner others wrote. */
export function customScoring(predictor: Predictor): Scoring<CustomEstimator> {
  /** What the predictor made of the parameters of an estimator. */
  const parsed = new WeakMap<CustomEstimator, unknown>();
  return {
    check: (value, features) => checkCustom(predictor, value, features),
    row(features, estimator) {
      if (!parsed.has(estimator)) parsed.set(estimator, predictor.parse(estimator.parameters, features));
      const model = parsed.get(estimator);
      const row = new Array<number>(features.length).fill(0);
      return (x, offset) => {
        for (let j = 0; j < row.length; j++) row[j] = x[offset + j]!;
        const score = predictor.predict(model, row);
        if (score >= 0 && score <= 1) return score === 0 ? 0 : score;
        throw new PipelineFailure(
          'ModelInvalid',
          `The predictor of ${predictor.kind} gave something else than a probability from 0 to 1: mend its predict.`,
        );
      };
    },
  };
}
