import { casesOf, classesOf, rowsOf } from './cases.js';
import type { Random } from '../random.js';

/**
 * Draws whole groups with replacement: as many as there are of positive, of negative and of mixed ones (the cluster
 * bootstrap; Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.8).
 * @param labels, groups n of each
 * @returns a draw, which gives how often each of the n rows was drawn; the array is the same at every call
 */
export function caseDraw(labels: Uint8Array, groups: Int32Array): (random: Random) => Int32Array {
  const cases = casesOf(labels, groups);
  const strata: [number[], number[], number[]] = [[], [], []];
  for (let each = 0; each < cases.count; each++) {
    const [negatives, positives] = classesOf(cases, each);
    strata[positives === 0 ? 0 : negatives === 0 ? 1 : 2].push(each);
  }
  const counts = new Int32Array(labels.length);
  return (random) => {
    counts.fill(0);
    for (const stratum of strata)
      for (let i = 0; i < stratum.length; i++)
        for (const position of rowsOf(cases, stratum[random.below(stratum.length)]!)) counts[position]!++;
    return counts;
  };
}

/**
 * Adds rows to the counts of their scores' groups.
 * @param times how often each row was drawn
 * @param of the score group of every row
 */
export function countDrawn(
  drawn: { positives: Int32Array; negatives: Int32Array },
  labels: Uint8Array,
  times: Int32Array,
  of: Int32Array,
): void {
  drawn.positives.fill(0);
  drawn.negatives.fill(0);
  for (let row = 0; row < times.length; row++)
    (labels[row] === 1 ? drawn.positives : drawn.negatives)[of[row]!]! += times[row]!;
}

/** Score groups of each class's rows in the order of all rows. */
export function inOrderOf(labels: Uint8Array, positives: Int32Array, negatives: Int32Array): Int32Array {
  let [p, q] = [0, 0];
  return Int32Array.from(labels, (label) => (label === 1 ? positives[p++]! : negatives[q++]!));
}
