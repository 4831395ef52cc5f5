import type { SketchedDistribution } from '../../contracts/reference.js';
import { marksOf } from './marks.js';

/** Cells of about equal mass that the middle of a distribution is cut into. */
const CELLS = 8192;
/** Within the tails a cell holds at most one part in so many of the rows between it and the nearer end. */
const TAIL_FINENESS = 64;
/** No cell bridges a gap of one part in so many of the range: values between two humps are outside both. */
const GAP_FINENESS = 1024;
/** Most cells that a sketch can have: neighbours hold more rows together than one may, and tails and gaps add to them. */
export const MAX_CELLS = 24_576;
/** Significant digits of a cell's mean, within the cell: what they leave out is far below any distance that matters. */
const OFFSET_DIGITS = 4;

function distinctUpTo(sorted: Float64Array, limit: number): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length && distinct <= limit; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** Mean of a cell less its least value. */
function offsetOf(sorted: Float64Array, start: number, end: number): number {
  const low = sorted[start]!;
  let offset = 0;
  for (let i = start; i < end; i++) offset += (sorted[i]! - low) / (end - start);
  return Math.min(sorted[end - 1]! - low, Number(offset.toPrecision(OFFSET_DIGITS)));
}

/**
 * Cuts sorted values into cells of 1/8192 of the rows, single values at both ends and finer cells near them. All rows
 * of a value stay together, a value with more rows than a cell is a cell of its own, and with at most 8192 distinct
 * values every value is: then nothing is lost.
 * @param sorted n >= 1 ascending finite numbers
 */
export function sketchOf(sorted: Float64Array): SketchedDistribution {
  const n = sorted.length;
  const few = distinctUpTo(sorted, CELLS) <= CELLS;
  const sketch: SketchedDistribution = { kind: 'sketch', lows: [], highs: [], offsets: [], counts: [] };
  let marks = '';
  const gap = sorted[n - 1]! / GAP_FINENESS - sorted[0]! / GAP_FINENESS;
  const runEnd = (start: number): number => {
    let end = start + 1;
    while (end < n && sorted[end] === sorted[start]) end++;
    return end;
  };
  for (let start = 0; start < n;) {
    const size = few ? 1 : Math.min(n / CELLS, Math.min(start, n - start) / TAIL_FINENESS);
    let end = runEnd(start);
    while (end < n && end - start < size) {
      const next = runEnd(end);
      if (next - start > size || sorted[end]! - sorted[end - 1]! > gap) break;
      end = next;
    }
    sketch.lows.push(sorted[start]!);
    sketch.highs.push(sorted[end - 1]!);
    sketch.offsets.push(offsetOf(sorted, start, end));
    sketch.counts.push(end - start);
    marks += marksOf(sorted.subarray(start, end));
    start = end;
  }
  return { ...sketch, marks };
}
