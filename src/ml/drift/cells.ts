import type { NumericReference } from '../../contracts/reference.js';

/**
 * A reference distribution as ordered, disjoint cells: one for every distinct value of an exact reference, those of the
 * sketch else. Between cells there is no row of the reference.
 */
export interface Cells {
  /** Rows of all cells. */
  rows: number;
  /** Least and greatest value of each of k cells. */
  lows: Float64Array;
  highs: Float64Array;
  /** Rows of each. */
  counts: Float64Array;
  /** Mean of each less its least value. */
  offsets: Float64Array;
  /** See `SketchedDistribution`. */
  marks: string;
}

/** Cells of a reference, none for a column without a value. */
export function cellsOf({ rows, distribution }: NumericReference): Cells {
  if (distribution.kind === 'exact') return { rows, ...runsOf(distribution.values) };
  const { lows, highs, counts, offsets, marks } = distribution;
  return {
    rows,
    lows: Float64Array.from(lows),
    highs: Float64Array.from(highs),
    counts: Float64Array.from(counts),
    offsets: Float64Array.from(offsets),
    marks,
  };
}

function runsOf(sorted: number[]): Omit<Cells, 'rows'> {
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let runs = 0;
  for (const value of sorted) {
    if (runs === 0 || value !== values[runs - 1]) values[runs++] = value;
    counts[runs - 1]!++;
  }
  const lows = values.subarray(0, runs);
  return { lows, highs: lows, counts: counts.subarray(0, runs), offsets: new Float64Array(runs), marks: '' };
}

/** Number of distinct values where every cell is a single one, `Infinity` where some cell holds several. */
export function distinctValues({ lows, highs }: Cells): number {
  return lows.every((low, k) => low === highs[k]) ? lows.length : Infinity;
}

/** Most cells of the lookup grid that makes finding a value's region about one step; a short window gets fewer. */
const GRID_CELLS = 65_536;
/** Stands for the region of a missing value. */
const NOWHERE = 0xffff;

/**
 * A window counted into the regions of k reference cells: region 2 i + 1 is cell i with both its ends, region 2 i the
 * open gap before it, regions 0 and 2 k what lies below and above all of the reference.
 */
export interface WindowCounts {
  /** Rows with a value, and those without: NaN and infinities. */
  rows: number;
  missing: number;
  /** Of the rows with a value; `null` without any. */
  mean: number | null;
  /** Rows of each region. */
  counts: Float64Array;
  /** Sum of each region's values less its start: the end of the cell before a gap, the least value of a cell, the least of the reference for region 0. */
  offsets: Float64Array;
  /** The region of every row of the window. */
  regions: Uint16Array;
}

/** Where sums of each region start from: near its values, so that differences keep their digits. */
function startsOf({ lows, highs }: Cells): Float64Array {
  const starts = new Float64Array(2 * lows.length + 1);
  for (let k = 0; k < lows.length; k++) {
    starts[2 * k] = k === 0 ? lows[0]! : highs[k - 1]!;
    starts[2 * k + 1] = lows[k]!;
  }
  starts[2 * lows.length] = highs[lows.length - 1] ?? 0;
  return starts;
}

/** For each cell of an even grid over the reference's range, how many cells end below it. */
function gridOf(
  highs: Float64Array,
  least: number,
  cells: number,
): { first: Uint16Array; origin: number; scale: number } {
  const spread = (cells - 1) / (highs[highs.length - 1]! - least);
  // A range of 0, or one beyond doubles, has no grid: with origin and scale 0, all values fall into its first cell.
  const gridded = Number.isFinite(spread) && spread > 0;
  const origin = gridded ? least : 0;
  const scale = gridded ? spread : 0;
  const first = new Uint16Array(cells + 1);
  for (const high of highs) first[Math.floor((high - origin) * scale) + 1]!++;
  for (let cell = 1; cell <= cells; cell++) first[cell]! += first[cell - 1]!;
  return { first, origin, scale };
}

/** Fills `regions` with the region of every value; memory beyond it depends on the reference alone. */
function findRegions({ lows, highs }: Cells, values: Float64Array, regions: Uint16Array): void {
  const k = lows.length;
  const least = lows[0] ?? Infinity;
  const greatest = highs[k - 1] ?? Infinity;
  const { first, origin, scale } = gridOf(highs, least, Math.min(GRID_CELLS, values.length));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) regions[i] = NOWHERE;
    else if (value < least) regions[i] = 0;
    else if (value > greatest) regions[i] = 2 * k;
    else {
      const grid = Math.floor((value - origin) * scale);
      let cell = first[grid]!;
      let end = first[grid + 1]!;
      while (cell < end) {
        const middle = (cell + end) >> 1;
        if (highs[middle]! < value) cell = middle + 1;
        else end = middle;
      }
      regions[i] = value < lows[cell]! ? 2 * cell : 2 * cell + 1;
    }
  }
}

/** Counts a window into the regions of a reference: one pass over the values, in any order. */
export function countWindow(cells: Cells, values: Float64Array): WindowCounts {
  const starts = startsOf(cells);
  const regions = new Uint16Array(values.length);
  findRegions(cells, values, regions);
  const counts = new Float64Array(starts.length);
  const offsets = new Float64Array(starts.length);
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const region = regions[i]!;
    if (region === NOWHERE) continue;
    const value = values[i]!;
    counts[region]!++;
    offsets[region]! += value - starts[region]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const missing = values.length - rows;
  if (rows === 0) return { rows, missing, mean: null, counts, offsets, regions };
  const total = offsets.reduce((sum, offset, r) => sum + offset + counts[r]! * starts[r]!, 0);
  const mean = Math.min(max, Math.max(min, total / rows));
  return { rows, missing, mean, counts, offsets, regions };
}

/** Sorted values of the marked regions, one after the other: regions ascend with their values. */
export function valuesIn(wanted: Uint8Array, counted: WindowCounts, values: Float64Array): Float64Array {
  const { regions, counts } = counted;
  const size = counts.reduce((sum, count, region) => sum + count * wanted[region]!, 0);
  const found = new Float64Array(size);
  let next = 0;
  for (let i = 0; i < regions.length && next < size; i++) if (wanted[regions[i]!] === 1) found[next++] = values[i]!;
  return found.sort();
}

/** One region between the reference's ends: F is the reference's cumulative share, G the window's. */
export interface Region {
  index: number;
  start: number;
  width: number;
  /** F - G just before the region, and with all of it. */
  before: number;
  after: number;
  /** Rows of the reference and of the window in it, as shares. */
  referenceShare: number;
  windowShare: number;
  /** Integral of F - G over it, with its sign. */
  signed: number;
}

/** Walks the regions between the ends of the reference, ascending. Both sides have rows. */
export function forEachRegion(cells: Cells, counted: WindowCounts, visit: (region: Region) => void): void {
  const { rows: n, lows, highs } = cells;
  const { rows: m, counts, offsets } = counted;
  let below = 0;
  let windowBelow = counts[0]!;
  for (let region = 1; region < counts.length - 1; region++) {
    const cell = region >> 1;
    const inside = region % 2 === 1;
    const start = inside ? lows[cell]! : highs[cell - 1]!;
    const width = (inside ? highs[cell]! : lows[cell]!) - start;
    const count = inside ? cells.counts[cell]! : 0;
    const windowCount = counts[region]!;
    const before = below / n - windowBelow / m;
    const gained = inside ? (count * (width - cells.offsets[cell]!)) / n : 0;
    const signed = before * width + gained - (windowCount * width - offsets[region]!) / m;
    below += count;
    windowBelow += windowCount;
    const shares = { referenceShare: count / n, windowShare: windowCount / m };
    visit({ index: region, start, width, before, after: below / n - windowBelow / m, ...shares, signed });
  }
}
