import { casesOfClasses, groupsAt } from './cases.js';
import { dealGroups, splitGroups } from './group-split.js';
import { createRandom } from '../random.js';

/** One stream of random numbers per purpose, so that the same seed does not shuffle split and folds alike. */
const STREAM = { split: 1, folds: 2, sample: 3 } as const;

/** Positions 0..n-1 that satisfy a condition, ascending. */
export function positionsWhere(n: number, wanted: (position: number) => boolean): Int32Array {
  const positions = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (wanted(i)) positions[count++] = i;
  return positions.slice(0, count);
}

/**
 * Divides rows into training and hold-out with equal class shares.
 * @param labels n classes, 0 or 1
 * @param testFraction share of each class that is held out, rounded; a class of at least 2 rows keeps one on each side
 *   unless the fraction is 0
 * @param groups of the n rows: none is divided, and shares are as near as that allows
 * @returns n roles: 0 train, 1 hold-out
 */
export function stratifiedSplit(
  labels: Uint8Array,
  testFraction: number,
  seed: number,
  groups?: Int32Array,
): Uint8Array {
  const heldOf = (rows: number): number => {
    const rounded = Math.round(rows * testFraction);
    return testFraction > 0 ? Math.min(Math.max(rounded, 1), rows - 1) : 0;
  };
  if (groups !== undefined) {
    const [negatives, positives] = casesOfClasses(
      labels,
      new Int32Array(labels.length).map((_, row) => row),
    );
    const wanted: [number, number] = [heldOf(negatives), heldOf(positives)];
    return splitGroups(labels, groups, wanted, createRandom(seed, STREAM.split));
  }
  const roles = new Uint8Array(labels.length);
  for (const label of [0, 1]) {
    const positions = positionsWhere(labels.length, (i) => labels[i] === label);
    createRandom(seed, STREAM.split, label).shuffle(positions);
    const held = heldOf(positions.length);
    for (let i = 0; i < held; i++) roles[positions[i]!] = 1;
  }
  return roles;
}

/**
 * Deals rows to folds so that, per class and in total, fold sizes differ by at most one.
 * @param rows indices into `labels`
 * @param groups of all rows: none is divided, and sizes differ by as little as that allows
 * @returns the fold, 0..folds-1, of every position of `rows`
 */
export function stratifiedFolds(
  labels: Uint8Array,
  rows: Int32Array,
  folds: number,
  seed: number,
  groups?: Int32Array,
): Uint8Array {
  const ofRows = groupsAt(groups, rows);
  if (ofRows !== undefined) {
    const classes = Uint8Array.from(rows, (row) => labels[row]!);
    return dealGroups(classes, ofRows, folds, createRandom(seed, STREAM.folds));
  }
  const assigned = new Uint8Array(rows.length);
  let next = 0;
  for (const label of [0, 1]) {
    const positions = positionsWhere(rows.length, (i) => labels[rows[i]!] === label);
    createRandom(seed, STREAM.folds, label).shuffle(positions);
    for (const position of positions) assigned[position] = next++ % folds;
  }
  return assigned;
}

/**
 * At most `max` of `rows`, drawn without replacement, class shares kept to the nearest row and no class lost.
 * @returns row indices, ascending; all rows when there are no more than `max`
 */
export function stratifiedSample(labels: Uint8Array, rows: Int32Array, max: number, seed: number): Int32Array {
  if (rows.length <= max) return rows.slice().sort();
  const classes = [0, 1].map((label) => positionsWhere(rows.length, (i) => labels[rows[i]!] === label));
  const positives = classes[1]!.length;
  const floor = Math.min(positives, 1);
  const ceiling = positives < rows.length ? Math.max(max - 1, 0) : max;
  const quota = Math.min(Math.max(Math.round((max * positives) / rows.length), floor), ceiling);
  const sample = new Int32Array(max);
  let next = 0;
  for (const [label, take] of [max - quota, quota].entries()) {
    const positions = classes[label]!;
    createRandom(seed, STREAM.sample, label).shuffle(positions);
    for (let i = 0; i < take; i++) sample[next++] = rows[positions[i]!]!;
  }
  return sample.sort();
}
