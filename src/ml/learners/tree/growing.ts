import type { Tree } from './check.js';
import type { FeatureLevels } from './bins.js';

/** Decimals of a share. */
const VALUE_SCALE = 1e6;

/** A tree without nodes, to add to. */
export function emptyTree(): Tree {
  return { feature: [], threshold: [], left: [], right: [], value: [] };
}

/** Appends a leaf with this value, and returns its index. */
export function addNode(tree: Tree, value: number): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.left.push(-1);
  tree.right.push(-1);
  return tree.value.push(value) - 1;
}

/** Appends a leaf that holds `positives` of `rows` training rows, and returns its index. */
export function addLeaf(tree: Tree, rows: number, positives: number): number {
  return addNode(tree, Math.round((positives / rows) * VALUE_SCALE) / VALUE_SCALE);
}

/** Makes a leaf a split `x[feature] <= threshold`; its children are added and set afterwards, so they come later. */
export function turnIntoSplit(tree: Tree, index: number, feature: number, threshold: number): void {
  tree.feature[index] = feature;
  tree.threshold[index] = threshold;
}

/** A cut between two levels of a feature; none of the node's rows is between them. */
export interface LevelCut {
  feature: number;
  /** Levels up to this one go left. */
  level: number;
  /** The next level that occurs in the node. */
  nextLevel: number;
}

/** Split thresholds of a binned table, each worked out once for all trees. */
export class Thresholds {
  readonly #known: Map<number, number>[];

  constructor(private readonly features: FeatureLevels[]) {
    this.#known = features.map(() => new Map<number, number>());
  }

  /** The shortest decimal between the two levels: `x <= t` goes left. */
  of({ feature, level, nextLevel }: LevelCut): number {
    const known = this.#known[feature]!;
    const key = level * 256 + nextLevel;
    let threshold = known.get(key);
    if (threshold === undefined) {
      const { low, high } = this.features[feature]!;
      threshold = shortestBetween(high[level]!, low[nextLevel]!);
      known.set(key, threshold);
    }
    return threshold;
  }
}

/** A double is fixed by this many significant decimal digits. */
const MAX_DIGITS = 17;

/** A threshold keeps this share of the gap clear on either side: in the middle it is right for the most new rows. */
const CLEAR_SHARE = 0.25;

/**
 * A split threshold that is short to write: of the decimals in the middle half of the gap between `lo` and `hi`, one
 * with the fewest significant digits, and of those the nearest to the middle. `x <= t` then separates `lo` from `hi`.
 * @throws RangeError unless lo < hi, both finite
 */
export function shortestBetween(lo: number, hi: number): number {
  if (!(lo < hi) || !Number.isFinite(lo) || !Number.isFinite(hi)) {
    throw new RangeError('a threshold needs two different finite values in ascending order');
  }
  const gap = hi - lo;
  const [first, last] = [lo + CLEAR_SHARE * gap, hi - CLEAR_SHARE * gap];
  if (first <= 0 && last >= 0 && hi > 0) return 0;
  const middle = lo / 2 + hi / 2;
  for (let digits = 1; digits < MAX_DIGITS; digits++) {
    const rounded = Number(middle.toPrecision(digits));
    if (first <= rounded && rounded <= last && rounded < hi) return rounded;
  }
  return lo; // neighbouring doubles have nothing between them
}

const value = new Float64Array(1);
const bits = new BigInt64Array(value.buffer);

/** The greatest double below a finite `v`, so that `x < v` and `x <= nextBelow(v)` are the same test. */
export function nextBelow(v: number): number {
  if (v === 0) return -Number.MIN_VALUE;
  value[0] = v;
  bits[0] = bits[0]! + (v > 0 ? -1n : 1n);
  return value[0];
}

/**
 * Moves the rows of `rows[start..end)` whose level is at most `level` to the front, the order kept on both sides.
 * @param spill scratch, as long as `rows`
 * @param cells the feature's cells, 2 * level + label
 * @returns where the other rows begin
 */
export function partitionRows(
  rows: Int32Array,
  spill: Int32Array,
  { start, end }: { start: number; end: number },
  cells: Uint16Array,
  level: number,
): number {
  const limit = 2 * level + 1;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    rows[i - right] = row;
    spill[right] = row;
    right += (limit - cells[row]!) >>> 31; // the sign, because a comparison would be a branch, often mispredicted
  }
  rows.set(spill.subarray(0, right), end - right);
  return end - right;
}
