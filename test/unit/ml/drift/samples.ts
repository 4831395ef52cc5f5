import { createRandom } from '../../../../src/ml/random.js';

/** Normal variates (Box & Muller 1958) with standard deviation 1. */
export function normals(seed: number, rows: number, mean = 0): Float64Array {
  const random = createRandom(seed);
  return new Float64Array(rows).map(
    () => mean + Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float()),
  );
}

export const numbers = (...values: number[]): Float64Array => Float64Array.from(values);
