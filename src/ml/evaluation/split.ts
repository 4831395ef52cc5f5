import { createRandom, type Random } from '../random.js';
import {
  casesOfClasses,
  groupsAt,
  type ByClass,
  type Cases,
  casesOf,
  classesOf,
  rowsOf,
  countPositives,
  allPositions,
  positionsWhere,
} from '../table.js';

/** One stream of random numbers per purpose, so that the same seed does not shuffle split and folds alike. */
const STREAM = { split: 1, folds: 2, sample: 3 } as const;

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
    const [negatives, positives] = casesOfClasses(labels, allPositions(labels.length));
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

const CLASSES = [0, 1] as const;

/** The numbers of all cases in random order. */
function shuffled({ count }: Cases, random: Random): Int32Array {
  const order = allPositions(count);
  random.shuffle(order);
  return order;
}

function setAll(values: Uint8Array, positions: Int32Array, value: number): void {
  for (const position of positions) values[position] = value;
}

/**
 * Holds out whole groups, in random order, as long as each brings the held-out rows of the classes nearer to their wanted
 * shares. Shares miss by less than the largest group; of a class that two groups have, one at least is held out.
 * @param wanted rows of each class to hold out
 * @returns n roles: 0 train, 1 hold-out
 */
function splitGroups(labels: Uint8Array, groups: Int32Array, wanted: ByClass, random: Random): Uint8Array {
  const roles = new Uint8Array(labels.length);
  const held: ByClass = [0, 0];
  /** How much farther from the wanted shares a class is with so many rows more. */
  const farther = (label: 0 | 1, rows: number) =>
    (rows * (2 * (held[label] - wanted[label]) + rows)) / Math.max(wanted[label], 1);
  const cases = casesOf(labels, groups);
  const hold = (each: number) => {
    setAll(roles, rowsOf(cases, each), 1);
    const rows = classesOf(cases, each);
    for (const label of CLASSES) held[label] += rows[label];
  };
  const order = shuffled(cases, random);
  for (const each of order) {
    const [negatives, positives] = classesOf(cases, each);
    if (farther(0, negatives) + farther(1, positives) < 0) hold(each);
  }
  for (const label of CLASSES) {
    if (wanted[label] === 0 || held[label] > 0) continue;
    const having = order.filter((each) => classesOf(cases, each)[label] > 0);
    if (having.length < 2) continue;
    const rows = (each: number) => rowsOf(cases, each).length;
    hold(having.reduce((least, each) => (rows(each) < rows(least) ? each : least)));
  }
  return roles;
}

/**
 * Deals whole groups to folds, those with most rows of the rarer class first, each to the fold with the fewest of them;
 * then the others by the other class (longest processing time first, Graham 1969). A class that as many groups have as
 * there are folds is in every fold, but for groups of both classes.
 * @returns n folds, 0..folds-1
 */
function dealGroups(labels: Uint8Array, groups: Int32Array, folds: number, random: Random): Uint8Array {
  const assigned = new Uint8Array(labels.length);
  const positives = countPositives(labels);
  const [rare, other] = 2 * positives <= labels.length ? ([1, 0] as const) : ([0, 1] as const);
  const cases = casesOf(labels, groups);
  const order = shuffled(cases, random).sort((a, b) => {
    const [ofA, ofB] = [classesOf(cases, a), classesOf(cases, b)];
    return ofB[rare] - ofA[rare] || ofB[other] - ofA[other];
  });
  const sizes = Array.from({ length: folds }, (): ByClass => [0, 0]);
  for (const each of order) {
    const rows = classesOf(cases, each);
    const [first, second] = rows[rare] > 0 ? [rare, other] : [other, rare];
    let fold = 0;
    for (let f = 1; f < folds; f++) {
      const [size, least] = [sizes[f]!, sizes[fold]!];
      if (size[first] < least[first] || (size[first] === least[first] && size[second] < least[second])) fold = f;
    }
    setAll(assigned, rowsOf(cases, each), fold);
    for (const label of CLASSES) sizes[fold]![label] += rows[label];
  }
  return assigned;
}
