/** Cases of each class: groups that have a row of it, or rows where each stands for itself. A group may have both. */
export function casesOfClasses(labels: Uint8Array, rows: Int32Array, groups?: Int32Array): [number, number] {
  if (groups === undefined) {
    const positives = rows.reduce((sum, row) => sum + labels[row]!, 0);
    return [rows.length - positives, positives];
  }
  const seen = [new Set<number>(), new Set<number>()] as const;
  for (const row of rows) seen[labels[row]! as 0 | 1].add(groups[row]!);
  return [seen[0].size, seen[1].size];
}

/** The groups of the chosen rows, compact; nothing where each row stands for itself. */
export const groupsAt = (groups: Int32Array | undefined, rows: Int32Array): Int32Array | undefined =>
  groups && Int32Array.from(rows, (row) => groups[row]!);

/** Rows of one group, as positions, and how many of each class. */
export interface Case {
  positions: number[];
  counts: [number, number];
}

/** @param labels, groups n of each, by position @returns the groups in the order of their first positions */
export function casesOf(labels: Uint8Array, groups: Int32Array): Case[] {
  const cases = new Map<number, Case>();
  for (let position = 0; position < labels.length; position++) {
    let found = cases.get(groups[position]!);
    if (!found) cases.set(groups[position]!, (found = { positions: [], counts: [0, 0] }));
    found.positions.push(position);
    found.counts[labels[position]! as 0 | 1]++;
  }
  return [...cases.values()];
}
