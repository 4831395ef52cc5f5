import type { ModelFeature } from '../../../contracts/learner.js';
import { inputWriter } from '../../../model/features.js';
import type { RowScorer } from '../learner.js';
import type { Linear } from './check.js';

/** Intercept and coefficients times scaled inputs. */
export function linearSum(features: ModelFeature[], { intercept, coefficients }: Linear): RowScorer {
  const write = inputWriter(features);
  const inputs = new Float64Array(coefficients.length);
  return (x, offset) => {
    write(x, offset, inputs);
    let z = intercept;
    for (let j = 0; j < inputs.length; j++) z += coefficients[j]! * inputs[j]!;
    return z;
  };
}
