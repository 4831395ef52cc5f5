import type { CustomKind, Json, ModelFeature, Predictor } from '../../../contracts/learner.js';
import { checkNumber, checkRecord, isRecord, kindOf, refuse } from '../../../model/checks.js';

/** Scored by the predictor of its kind. */
export interface CustomEstimator {
  kind: CustomKind;
  parameters: Json;
}

/** Deepest nesting of parameters. The size of the document bounds everything else. */
const MAX_PARAMETER_DEPTH = 32;

/** Finite JSON of bounded depth that the predictor reads. @throws PipelineFailure `ModelInvalid` */
export function checkCustom(predictor: Predictor, value: unknown, features: ModelFeature[]): CustomEstimator {
  const { kind } = predictor;
  const { parameters } = checkRecord(value, 'estimator', ['kind', 'parameters']);
  const estimator = { kind, parameters: checkJson(parameters, 'estimator.parameters', MAX_PARAMETER_DEPTH) };
  try {
    predictor.parse(estimator.parameters, features);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it threw something else';
    refuse('estimator.parameters', `refused by the predictor of ${kind} (${why})`, 'what its learner writes');
  }
  return estimator;
}

function checkJson(value: unknown, path: string, depth: number): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return checkNumber(value, path);
  if (depth === 0) refuse(path, 'nested deeper than that', `at most ${MAX_PARAMETER_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((entry, i) => checkJson(entry, `${path}[${i}]`, depth - 1));
  if (!isRecord(value) || Object.hasOwn(value, '__proto__')) refuse(path, kindOf(value), 'plain JSON');
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, checkJson(entry, path, depth - 1)]));
}
