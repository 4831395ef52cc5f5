import type { ColumnHistogram } from '../../contracts/drift.js';
import type { Cells } from './cells.js';
import type { CategoryCounts } from './categories.js';

/** Bins of the picture, and the share of the reference beyond them on either side. */
const BINS = 20;
const TAIL = 0.005;

/** The value that a share of the reference's rows does not exceed, to within a cell. */
function quantile({ highs, counts, rows }: Cells, share: number): number {
  let below = 0;
  for (let k = 0; k < highs.length; k++) {
    below += counts[k]!;
    if (below >= share * rows) return highs[k]!;
  }
  return highs[highs.length - 1]!;
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

/** Both distributions over 20 equal bins between the reference's 0.5 % and 99.5 % quantiles. Both sides have rows. */
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
    reference: Array.from(reference, (count) => count / cells.rows),
    current: Array.from(current, (count) => count / rows),
  };
}

/** Both distributions over the categories of either. Both sides have rows. */
export function categoryHistogram({ categories, reference, current }: CategoryCounts): ColumnHistogram {
  return { bins: { categories }, reference: sharesOf(reference), current: sharesOf(current) };
}

function sharesOf(counts: number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / rows);
}
