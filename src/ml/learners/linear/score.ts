import type { ModelFeature } from '../../../contracts/learner.js';
import type { RowScorer } from '../learner.js';
import type { Linear } from './check.js';

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
