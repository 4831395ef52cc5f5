import type { ModelFeature } from '../../../contracts/learner.js';
import { checkNumber, checkNumbers, refuse } from '../../../model/checks.js';
import { inputReaches, inputsOf } from '../../../model/features.js';

/** A sum over the scaled inputs that features become. */
export interface Linear {
  intercept: number;
  /** One per input. */
  coefficients: number[];
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkLinear(item: Record<keyof Linear, unknown>, features: ModelFeature[]): Linear {
  const intercept = checkNumber(item.intercept, 'estimator.intercept');
  const coefficients = checkAll(item.coefficients, 'estimator.coefficients', inputsOf(features).length);
  refuseUnlessFinite(reachOfLinear({ intercept, coefficients }, features));
  return { intercept, coefficients };
}

/** So many finite numbers. */
export const checkAll = (value: unknown, path: string, length: number): number[] =>
  checkNumbers(value, path, { length, min: -Infinity, max: Infinity, whole: false });

/** Sums must stay finite for every value in range, or infinities could cancel to no number at all. */
export function refuseUnlessFinite(bound: number): void {
  if (!Number.isFinite(bound))
    refuse('estimator', 'unbounded over the ranges of its features', 'a finite linear predictor');
}

/** Greatest size of the sum. */
export const reachOfLinear = ({ intercept, coefficients }: Linear, features: ModelFeature[]): number =>
  inputReaches(features).reduce((sum, reach, j) => sum + Math.abs(coefficients[j]!) * reach, Math.abs(intercept));
