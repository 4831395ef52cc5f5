import { type Case, casesOf } from './cases.js';
import type { Random } from './random.js';

/** The cases in random order. */
function shuffled(labels: Uint8Array, groups: Int32Array, random: Random): Case[] {
  const cases = casesOf(labels, groups);
  const order = new Int32Array(cases.length).map((_, i) => i);
  random.shuffle(order);
  return Array.from(order, (i) => cases[i]!);
}

/**
 * Holds out whole groups, in random order, as long as each brings the held-out rows of the classes nearer to their wanted
 * shares. Shares miss by less than the largest group; of a class that two groups have, one at least is held out.
 * @param wanted rows of each class to hold out
 * @returns n roles: 0 train, 1 hold-out
 */
export function splitGroups(
  labels: Uint8Array,
  groups: Int32Array,
  wanted: [number, number],
  random: Random,
): Uint8Array {
  const roles = new Uint8Array(labels.length);
  const held: [number, number] = [0, 0];
  const distance = (moved: [number, number]) =>
    [0, 1].reduce((sum, c) => sum + (held[c]! + moved[c]! - wanted[c]!) ** 2 / Math.max(wanted[c]!, 1), 0);
  const hold = ({ positions, counts }: Case) => {
    for (const position of positions) roles[position] = 1;
    counts.forEach((count, c) => (held[c]! += count));
  };
  const cases = shuffled(labels, groups, random);
  for (const each of cases) if (distance(each.counts) < distance([0, 0])) hold(each);
  for (const c of [0, 1]) {
    const having = cases.filter(({ counts }) => counts[c]! > 0);
    if (wanted[c] === 0 || having.length < 2 || held[c]! > 0) continue;
    hold(having.reduce((least, each) => (each.positions.length < least.positions.length ? each : least)));
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
  const rare = 2 * positives <= labels.length ? 1 : 0;
  const other = 1 - rare;
  const cases = shuffled(labels, groups, random).sort(
    (a, b) => b.counts[rare] - a.counts[rare] || b.counts[other]! - a.counts[other]!,
  );
  const sizes = Array.from({ length: folds }, () => [0, 0] as [number, number]);
  for (const { positions, counts } of cases) {
    const [first, second] = counts[rare] > 0 ? [rare, other] : [other, rare];
    let fold = 0;
    sizes.forEach((size, f) => {
      const least = sizes[fold]!;
      if (size[first]! < least[first]! || (size[first] === least[first] && size[second]! < least[second]!)) fold = f;
    });
    for (const position of positions) assigned[position] = fold;
    counts.forEach((count, c) => (sizes[fold]![c]! += count));
  }
  return assigned;
}
