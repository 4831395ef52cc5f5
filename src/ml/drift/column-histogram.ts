import { FEWEST_SHARING } from '../../contracts/limits.js';
import type { ColumnHistogram } from '../../contracts/monitoring.js';
import { sharedBins } from '../microaggregate.js';
import type { Cells } from './cells.js';
import type { CategoryCounts } from './categories.js';

/** Bins of the picture, and the share of the reference beyond them on either side. */
const BINS = 20;
const TAIL = 0.005;

/**
 * The value that a share of the reference's rows does not exceed, to within a cell; the mean of at least five neighbouring
 * rows, grouped as `microaggregated` does.
 */
function quantile({ lows, offsets, counts, rows }: Cells, share: number): number {
  let below = 0;
  let group = 0;
  let mean = 0;
  for (let k = 0; k < lows.length; k++) {
    group += counts[k]!;
    mean += (lows[k]! + offsets[k]! - mean) * (counts[k]! / group);
    const left = rows - below - group;
    if (left > 0 && (group < FEWEST_SHARING || left < FEWEST_SHARING)) continue;
    below += group;
    if (below >= share * rows) return mean;
    group = 0;
    mean = 0;
  }
  return mean;
}

/** Twenty edges and one, between quantiles of the reference; around the value where they are one. */
function edgesOf(cells: Cells): number[] {
  const low = quantile(cells, TAIL);
  const high = quantile(cells, 1 - TAIL);
  const middle = Math.max(1, Math.abs(low)) / 2;
  const [start, end] = high > low ? [low, high] : [low - middle, high + middle];
  // Halves, because the range of doubles is twice the greatest.
  const width = end / BINS - start / BINS;
  return Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? end : start + i * width));
}

/**
 * Both distributions over 20 equal bins between the reference's 0.5 % and 99.5 % quantiles; neighbouring bins that fewer
 * than five rows share are shown at their mean height. Both sides have rows.
 */
export function numericHistogram(cells: Cells, values: Float64Array): ColumnHistogram {
  const edges = edgesOf(cells);
  const origin = edges[0]!;
  const scale = 1 / (edges[1]! - origin);
  const binOf = (value: number): number => Math.min(BINS - 1, Math.max(0, Math.floor((value - origin) * scale)));
  const reference = new Float64Array(BINS);
  for (let k = 0; k < cells.lows.length; k++) {
    const first = binOf(cells.lows[k]!);
    const last = binOf(cells.highs[k]!);
    // A cell is far narrower than a bin, or lies in a tail: halves are good enough for a picture.
    reference[first]! += cells.counts[k]! / 2;
    reference[last]! += cells.counts[k]! / 2;
  }
  const current = new Float64Array(BINS);
  let rows = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    current[binOf(value)]!++;
    rows++;
  }
  return {
    bins: { edges },
    reference: Array.from(sharedBins(reference), (count) => count / cells.rows),
    current: Array.from(sharedBins(current), (count) => count / rows),
  };
}

/** Both distributions over the categories of either. Both sides have rows. */
export function categoryHistogram({ categories, reference, current }: CategoryCounts): ColumnHistogram {
  return { bins: { categories }, reference: sharesOf(reference), current: sharesOf(current) };
}

/** Stands for the values that too few rows share. */
const OTHER = 'other';

/** The same over values of a feature; those that fewer than five rows of a side share are told together, as `other`. */
export function valueHistogram({ categories, reference, current }: CategoryCounts): ColumnHistogram {
  const tellsOfFew = (k: number): boolean => isFew(reference[k]!) || isFew(current[k]!);
  const total = (counts: number[], of: number[]): number => of.reduce((sum, k) => sum + counts[k]!, 0);
  const byRows = categories.map((_, k) => k).sort((a, b) => reference[b]! + current[b]! - reference[a]! - current[a]!);
  const kept = byRows.filter((k) => !tellsOfFew(k));
  const other = byRows.filter(tellsOfFew);
  while (kept.length > 0 && (isFew(total(reference, other)) || isFew(total(current, other)))) other.push(kept.pop()!);
  if (other.length === 0) return categoryHistogram({ categories, reference, current });
  const inOrder = kept.sort((a, b) => a - b);
  const pooled = (counts: number[]): number[] => [...inOrder.map((k) => counts[k]!), total(counts, other)];
  return categoryHistogram({
    categories: [...inOrder.map((k) => categories[k]!), OTHER],
    reference: pooled(reference),
    current: pooled(current),
  });
}

const isFew = (rows: number): boolean => rows > 0 && rows < FEWEST_SHARING;

function sharesOf(counts: number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / rows);
}
