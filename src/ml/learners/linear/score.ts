import type { ModelFeature } from '../../../contracts/learner.js';
import { checkNumber, checkNumbers, refuse } from '../../../model/checks.js';
import type { RowScorer } from '../learner.js';

/** A sum over standardised features. */
export interface Linear {
  intercept: number;
  /** One per feature. */
  coefficients: number[];
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkLinear(item: Record<keyof Linear, unknown>, features: ModelFeature[]): Linear {
  const intercept = checkNumber(item.intercept, 'estimator.intercept');
  const coefficients = checkAll(item.coefficients, 'estimator.coefficients', features.length);
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

/** Greatest size of a standardised value. */
export const reachOf = ({ range, imputation, mean, scale }: ModelFeature): number =>
  Math.max(...[range[0], range[1], imputation ?? mean].map((x) => Math.abs((x - mean) / scale)));

/** Greatest size of the sum. */
export const reachOfLinear = ({ intercept, coefficients }: Linear, features: ModelFeature[]): number =>
  features.reduce((sum, feature, j) => sum + Math.abs(coefficients[j]!) * reachOf(feature), Math.abs(intercept));

/** Intercept and coefficients times standardised values, (x - mean) / scale. */
export function linearSum(features: ModelFeature[], { intercept, coefficients }: Linear): RowScorer {
  return (x, offset) => {
    let z = intercept;
    for (let j = 0; j < features.length; j++) {
      const { mean, scale } = features[j]!;
      z += coefficients[j]! * ((x[offset + j]! - mean) / scale);
    }
    return z;
  };
}
