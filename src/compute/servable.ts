import type { CandidateDefinition } from '../contracts/candidate.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { FittedModel } from '../contracts/model.js';
import { MAX_LEARNED_BYTES } from '../contracts/model-limits.js';
import type { ScoreRows } from '../ml/evaluation/folds.js';
import { RefusedModel } from '../model/checks.js';
import { checkEstimator } from '../ml/learners/scoring.js';
import { checkFeature } from '../model/model-document.js';
import { scoreRows } from '../model/predict.js';

/**
 * The predictor, which first asks of the first model that it is given whether a document may hold it: a forest that grows
 * too large is found in the first fold, and not when all has been trained.
 */
export function scoreServable(candidate: Pick<CandidateDefinition, 'name'>): ScoreRows {
  let asked = false;
  return (model, columns, rows) => {
    if (!asked) requireServable(candidate, model);
    asked = true;
    return scoreRows(model, columns, rows);
  };
}

/** @throws PipelineFailure `DataContract` naming the candidate, what is too much and the remedy */
function requireServable({ name }: Pick<CandidateDefinition, 'name'>, { features, estimator }: FittedModel): void {
  try {
    features.forEach(checkFeature);
    checkEstimator(estimator, features);
  } catch (error) {
    if (error instanceof RefusedModel) throw unservable(name, error.problem);
    throw error;
  }
  const bytes = Buffer.byteLength(JSON.stringify({ features, estimator }));
  if (bytes > MAX_LEARNED_BYTES)
    throw unservable(name, `it takes ${bytes} bytes, expected at most ${MAX_LEARNED_BYTES}`);
}

const unservable = (name: string, problem: string) =>
  new PipelineFailure(
    'DataContract',
    `candidate ${name} learns a model that cannot be served: ${problem}; give it fewer or smaller parts (trees, maxDepth, hiddenUnits; a higher minLeafRows), or its features ranges and units of ordinary size.`,
  );
