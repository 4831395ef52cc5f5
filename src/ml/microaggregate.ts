import { FEWEST_SHARING } from '../contracts/limits.js';
import { firstAtLeast } from './sorted.js';

/**
 * Microaggregation (Defays and Nanopoulos 1993): sorted values in groups of five or a little more neighbours, each value
 * replaced by its group's mean, so that whatever is told of the result is told of at least five rows at a time. Equal
 * values stay together; fewer than ten values are one group.
 * @param sorted n ascending finite numbers
 * @returns n ascending numbers
 */
export function microaggregated(sorted: Float64Array): Float64Array {
  const result = new Float64Array(sorted.length);
  let start = 0;
  for (let end = 1; end <= sorted.length; end++) {
    const whole =
      end - start >= FEWEST_SHARING && sorted.length - end >= FEWEST_SHARING && sorted[end] !== sorted[end - 1];
    if (end < sorted.length && !whole) continue;
    const least = sorted[start]!;
    let offset = 0;
    for (let i = start; i < end; i++) offset += (sorted[i]! - least) / (end - start);
    result.fill(Math.min(least + offset, sorted[end - 1]!), start, end);
    start = end;
  }
  return result;
}

/** Each of n finite numbers, in any order, as `microaggregated` has it. */
export function microaggregatedEach(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const groups = microaggregated(sorted);
  return values.map((value) => groups[firstAtLeast(sorted, value)]!);
}

/**
 * A histogram's counts with every run of bins that fewer than five rows share shown at its mean height: the picture keeps its
 * bins, and tells no more than those runs do.
 * @param counts rows in each bin
 */
export function sharedBins(counts: Float64Array): Float64Array {
  const result = new Float64Array(counts.length);
  const runs: { end: number; rows: number }[] = [];
  let rows = 0;
  counts.forEach((count, bin) => {
    rows += count;
    // A bin without a row tells of nobody, and may stand alone.
    if (rows !== 0 && rows < FEWEST_SHARING) return;
    runs.push({ end: bin + 1, rows });
    rows = 0;
  });
  while (rows > 0 && rows < FEWEST_SHARING && runs.length > 0) rows += runs.pop()!.rows;
  if (rows > 0) runs.push({ end: counts.length, rows });
  let start = 0;
  for (const { end, rows } of runs) {
    result.fill(rows / (end - start), start, end);
    start = end;
  }
  return result;
}
