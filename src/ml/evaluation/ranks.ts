/** The rank of a missing value: next to no other. */
const MISSING = -9;

/** The different values, ascending; missing ones left out. */
export function distinctSorted(values: Float64Array): Float64Array {
  return values
    .filter((value) => !Number.isNaN(value))
    .sort()
    .filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
}

/** Where a value stands among ascending levels; between two of them when it is none, -9 when it is missing. */
export function positionIn(levels: Float64Array, value: number): number {
  if (Number.isNaN(value)) return MISSING;
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (levels[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return levels[low] === value ? low : low - 0.5;
}

/** The ranks of values that are all among `levels`. */
export const ranksOf = (values: Float64Array, levels: Float64Array): Int32Array =>
  Int32Array.from(values, (value) => positionIn(levels, value));

/** Whether two columns of ranks say the same, in the same or in reversed order. @param ofA, ofB numbers of their levels */
export function sameOrder(a: Int32Array, b: Int32Array, ofA: number, ofB: number): boolean {
  if (ofA !== ofB) return false;
  return a.every((rank, i) => rank === b[i]) || a.every((rank, i) => rank === reversed(b[i]!, ofB));
}

const reversed = (rank: number, levels: number): number => (rank === MISSING ? MISSING : levels - 1 - rank);
