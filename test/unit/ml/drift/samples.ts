import { ksP } from '../../../../src/ml/drift/statistics/kolmogorov-smirnov.js';
import { createRandom } from '../../../../src/ml/random.js';

/** Normal variates (Box & Muller 1958) with standard deviation 1. */
export function normals(seed: number, rows: number, mean = 0): Float64Array {
  const random = createRandom(seed);
  return new Float64Array(rows).map(
    () => mean + Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float()),
  );
}

export const numbers = (...values: number[]): Float64Array => Float64Array.from(values);

/**
 * The two-sample Kolmogorov-Smirnov test by walking both samples, as scipy's `ks_2samp`.
 * @param reference, current ascending numbers, at least one each
 */
export function ksTwoSample(reference: Float64Array, current: Float64Array): { statistic: number; p: number } {
  const [n, m] = [reference.length, current.length];
  let [i, j, statistic] = [0, 0, 0];
  while (i < n && j < m) {
    const value = Math.min(reference[i]!, current[j]!);
    while (i < n && reference[i] === value) i++;
    while (j < m && current[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / n - j / m));
  }
  return { statistic, p: ksP(statistic, n, m) };
}
