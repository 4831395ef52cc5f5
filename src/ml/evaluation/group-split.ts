import { type ByClass, type Cases, casesOf, classesOf, rowsOf } from './cases.js';
import type { Random } from '../random.js';

const CLASSES = [0, 1] as const;

/** The numbers of all cases in random order. */
function shuffled({ count }: Cases, random: Random): Int32Array {
  const order = new Int32Array(count).map((_, i) => i);
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
export function splitGroups(labels: Uint8Array, groups: Int32Array, wanted: ByClass, random: Random): Uint8Array {
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
export function dealGroups(labels: Uint8Array, groups: Int32Array, folds: number, random: Random): Uint8Array {
  const assigned = new Uint8Array(labels.length);
  const positives = labels.reduce((sum, label) => sum + label, 0);
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
