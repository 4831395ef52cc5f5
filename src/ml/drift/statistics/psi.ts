import type { DriftStatistic } from './statistic.js';
import { type Cells, distinctValues } from '../cells.js';
import { fewValues } from '../categories.js';
import { markedPlaces, marksLength } from '../build-reference.js';

/** More distinct values than this in the reference are binned, fewer are categories. */
const CATEGORIES_UP_TO = 20;
/** What an empty bin's share becomes, unless some share is not above it; then a millionth of the least share. */
const EMPTY_SHARE = 0.0001;

/**
 * Edges of equal-width bins by Sturges' rule over both samples together, in numpy's arithmetic: log2(rows) + 1 bins,
 * rounded up.
 * @returns one edge more than bins
 */
export function sturgesEdges(least: number, greatest: number, rows: number): Float64Array {
  const range = greatest - least;
  const bins = Math.max(1, Math.ceil(range / (range / (Math.log2(rows) + 1))));
  const edges = new Float64Array(bins + 1).map((_, i) => least + i * (range / bins));
  edges[bins] = greatest;
  return edges;
}

/** The bin of a value within the edges: each bin has its left edge, the last one both. */
function binOf(edges: Float64Array, value: number): number {
  const bins = edges.length - 1;
  let bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - edges[0]!) / (edges[bins]! - edges[0]!)) * bins)));
  while (bin > 0 && value < edges[bin]!) bin--;
  while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
  return bin;
}

/**
 * Rows of the reference in each bin. Of a cell that several bins share, a row lies at each end and the others where the
 * cell's marks say: exact for cells of up to three rows, and up to twelve as far as marks are.
 */
function referenceCounts({ lows, highs, counts, offsets, marks }: Cells, edges: Float64Array): number[] {
  const binned = Array.from({ length: edges.length - 1 }, () => 0);
  let nextMark = 0;
  for (let k = 0; k < lows.length; k++) {
    const firstMark = nextMark;
    const width = highs[k]! - lows[k]!;
    nextMark += marksLength(counts[k]!, width);
    const first = binOf(edges, lows[k]!);
    const last = binOf(edges, highs[k]!);
    const inner = counts[k]! - 2;
    if (first === last) {
      binned[first]! += counts[k]!;
      continue;
    }
    binned[first]!++;
    binned[last]!++;
    if (inner === 0) continue;
    const places =
      inner === 1
        ? evenPlaces(offsets[k]! * counts[k]!, inner, width)
        : markedPlaces(marks.slice(firstMark, nextMark), inner, width);
    for (const place of places) binned[binOf(edges, lows[k]! + place)]!++;
  }
  return binned;
}

/** Values between the ends of a cell, less its least one, evenly around their mean. @param total of all rows of the cell */
function evenPlaces(total: number, inner: number, width: number): number[] {
  const mean = Math.min(width, Math.max(0, (total - width) / inner));
  const reach = (Math.min(mean, width - mean) * (inner - 1)) / inner;
  return Array.from({ length: inner }, (_, i) => (inner === 1 ? mean : mean + reach * ((2 * i) / (inner - 1) - 1)));
}

function filledShares(counts: number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const least = counts.reduce((found, count) => (count > 0 ? Math.min(found, count) : found), Infinity) / total;
  const fill = least <= EMPTY_SHARE ? least / 1e6 : EMPTY_SHARE;
  return counts.map((count) => (count === 0 ? fill : count / total));
}

/**
 * Population stability index of counts over the same bins: Σ (p - q) ln(p / q), empty bins filled as Evidently fills
 * them. Grows with the number of bins and shrinks with rows: 83 and 21 rows without drift average 0.42.
 * @param reference, current k counts, with rows on both sides
 */
export function stabilityIndex(reference: number[], current: number[]): number {
  const q = filledShares(current);
  return filledShares(reference).reduce((sum, p, i) => sum + (p - q[i]!) * Math.log(p / q[i]!), 0);
}

/**
 * Evidently's population stability index of a numeric column: Sturges bins over both samples where the reference has
 * more than 20 distinct values, else every value is a bin.
 * @param cells with rows; @param current at least one finite number; others are left out
 */
export function numericStabilityIndex(cells: Cells, current: Float64Array): number {
  if (distinctValues(cells) <= CATEGORIES_UP_TO) {
    const counts = fewValues(cells, current, Infinity)!;
    return stabilityIndex(counts.reference, counts.current);
  }
  let least = cells.lows[0]!;
  let greatest = cells.highs[cells.highs.length - 1]!;
  let rows = 0;
  for (let i = 0; i < current.length; i++) {
    const value = current[i]!;
    if (!Number.isFinite(value)) continue;
    rows++;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const edges = sturgesEdges(least, greatest, cells.rows + rows);
  const counts = Array.from({ length: edges.length - 1 }, () => 0);
  for (let i = 0; i < current.length; i++) {
    const value = current[i]!;
    if (Number.isFinite(value)) counts[binOf(edges, value)]!++;
  }
  return stabilityIndex(referenceCounts(cells, edges), counts);
}

/** Shown beside the test of every column, because people know it. */
export const psi = {
  name: 'psi',
  label: 'population stability index',
  evidentlyName: 'PSI',
  measure: 'index',
  threshold: 0.1,
  hasDrifted: (index, threshold) => index >= threshold,
  numbers: {
    isDefaultFor: () => false,
    valueOf: ({ cells, values }) => numericStabilityIndex(cells, values),
  },
  categories: {
    isDefaultFor: () => false,
    valueOf: ({ reference, current }) => stabilityIndex(reference, current),
  },
} as const satisfies DriftStatistic;
