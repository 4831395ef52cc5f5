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
  /** See `SketchedDistribution`; `null` where none are known. */
  marks: string | null;
}

/** Cells of a reference, none for a column without a value. */
export function cellsOf({ rows, distribution }: NumericReference): Cells {
  if (distribution.kind === 'exact') return { rows, ...runsOf(distribution.values) };
  const { lows, highs, counts, offsets, marks = null } = distribution;
  return {
    marks,
    ...{ rows, lows: Float64Array.from(lows), highs: Float64Array.from(highs) },
    ...{ counts: Float64Array.from(counts), offsets: Float64Array.from(offsets) },
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
  return { lows, highs: lows, counts: counts.subarray(0, runs), offsets: new Float64Array(runs), marks: null };
}

/** Number of distinct values where every cell is a single one, `Infinity` where some cell holds several. */
export function distinctValues({ lows, highs }: Cells): number {
  return lows.every((low, k) => low === highs[k]) ? lows.length : Infinity;
}
