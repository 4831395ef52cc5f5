import { shortestBetween } from '../../sorted.js';
import type { Tree } from './check.js';

/** Most levels per feature. */
export const MAX_LEVELS = 255;
/** Quantiles are taken from at most this many rows, evenly spaced; their order does not matter to the learner. */
const MAX_SAMPLE = 65_536;
/** Cells of the lookup grid that makes finding a row's level about one step. */
const GRID_CELLS = 4096;

/** The values behind the levels of one feature; no level is empty. */
export interface FeatureLevels {
  /** Smallest and greatest value of every level. */
  low: Float64Array;
  high: Float64Array;
}

/** Features reduced to at most 255 ordered levels, with the label folded in, as histograms want them. */
export interface BinnedTable {
  /** Per feature, n cells: 2 * level + label. */
  cells: Uint16Array[];
  features: FeatureLevels[];
  /** n classes. */
  labels: Uint8Array;
}

/** Upper bounds (inclusive) of all levels but the last, ascending and distinct. */
function quantileCuts(column: Float64Array): Float64Array {
  const size = Math.min(column.length, MAX_SAMPLE);
  const sample = new Float64Array(size);
  for (let i = 0; i < size; i++) sample[i] = column[Math.floor((i * column.length) / size)]!;
  sample.sort();
  const distinct = sample.filter((value, i) => i === 0 || value !== sample[i - 1]);
  if (distinct.length <= MAX_LEVELS) return distinct.subarray(0, -1);
  const greatest = sample[size - 1]!;
  const cuts = new Float64Array(MAX_LEVELS - 1);
  let count = 0;
  for (let level = 1; level < MAX_LEVELS; level++) {
    const cut = sample[Math.floor((level * size) / MAX_LEVELS) - 1]!;
    if (cut < greatest && (count === 0 || cut > cuts[count - 1]!)) cuts[count++] = cut;
  }
  return cuts.subarray(0, count);
}

function rangeOf(column: Float64Array): [least: number, greatest: number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/**
 * Fills `cells` with 2 * level + label, where a level is the number of cuts below the value. The grid narrows the
 * search: it maps values monotonically to cells, so only the cuts of the value's own cell remain to be compared.
 */
function binColumn(column: Float64Array, labels: Uint8Array, cells: Uint16Array): FeatureLevels {
  const cuts = quantileCuts(column);
  const [least, greatest] = rangeOf(column);
  const grid = cuts.length < 8 ? 1 : GRID_CELLS;
  const spread = (grid - 1) / (greatest - least);
  // A span beyond the range of doubles has no grid: with origin and scale 0, all values fall into one cell.
  const gridded = Number.isFinite(greatest - least) && Number.isFinite(spread);
  const origin = gridded ? least : 0;
  const scale = gridded ? spread : 0;
  const first = new Uint8Array(grid + 1);
  for (const cut of cuts) first[Math.floor((cut - origin) * scale) + 1]!++;
  for (let cell = 1; cell <= grid; cell++) first[cell]! += first[cell - 1]!;
  const low = new Float64Array(cuts.length + 1).fill(Infinity);
  const high = new Float64Array(cuts.length + 1).fill(-Infinity);
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    const cell = Math.floor((value - origin) * scale);
    let level = first[cell]!;
    let end = first[cell + 1]!;
    while (level < end) {
      const middle = (level + end) >> 1;
      if (cuts[middle]! < value) level = middle + 1;
      else end = middle;
    }
    cells[i] = 2 * level + labels[i]!;
    if (value < low[level]!) low[level] = value;
    if (value > high[level]!) high[level] = value;
  }
  return { low, high };
}

/**
 * Bins every feature by quantiles; a feature with at most 255 distinct values keeps them all apart.
 * @param columns arrays of n >= 1 finite numbers
 * @param labels n classes, 0 or 1
 */
export function binTable(columns: Float64Array[], labels: Uint8Array): BinnedTable {
  const cells = columns.map(() => new Uint16Array(labels.length));
  return { cells, labels, features: columns.map((column, f) => binColumn(column, labels, cells[f]!)) };
}

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
    const key = level * (MAX_LEVELS + 1) + nextLevel;
    let threshold = known.get(key);
    if (threshold === undefined) {
      const { low, high } = this.features[feature]!;
      threshold = shortestBetween(high[level]!, low[nextLevel]!);
      known.set(key, threshold);
    }
    return threshold;
  }
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
