import {
  type CategoricalReference,
  EXACT_UP_TO_ROWS,
  type NumericReference,
  type ReferenceProfile,
  type SketchedDistribution,
} from '../../contracts/reference.js';
import { countCategories } from './categories.js';
import { countPositives } from '../table.js';

/** What a profile is made from: the training rows, and what the chosen candidate said of rows it had not seen. */
interface ReferenceSamples {
  /** n numbers each, up to 1e300 in size; NaN and infinities count as missing. */
  features: { name: string; values: Float64Array }[];
  /** m probabilities of the positive class, out of fold; m need not be n. */
  scores: Float64Array;
  /** m classes, 0 or 1, by the decision threshold. */
  predictions: Uint8Array;
  /** Classes of the training rows, 0 or 1. */
  labels: Uint8Array;
}

/**
 * Makes the reference that a model's drift checks compare with: up to 10,000 rows keep their sorted values, larger
 * columns a sketch (about 0.6 MB of JSON).
 */
export function buildReference({ features, scores, predictions, labels }: ReferenceSamples): ReferenceProfile {
  const positives = countPositives(labels);
  return {
    schemaVersion: 1,
    features: features.map(({ name, values }) => numericReference(name, values)),
    prediction: categoricalReference('prediction', predictions),
    score: numericReference('score', scores),
    labels: { negatives: labels.length - positives, positives },
  };
}

/** A column of numbers as a reference; those that are not finite are missing. */
export function numericReference(name: string, values: Float64Array): NumericReference {
  const sorted = values.filter(Number.isFinite).sort();
  const rows = sorted.length;
  const missing = values.length - rows;
  if (rows === 0) {
    const distribution = { kind: 'exact' as const, values: [] };
    return { name, rows, missing, mean: null, min: null, max: null, standardDeviation: null, distribution };
  }
  const min = sorted[0]!;
  const mean = min + sorted.reduce((sum, value) => sum + (value - min), 0) / rows;
  const reach = Math.max(mean - min, sorted[rows - 1]! - mean);
  // In units of the reach, so that squares stay within doubles.
  const squares = sorted.reduce((sum, value) => sum + ((value - mean) / reach) ** 2, 0);
  return {
    name,
    rows,
    missing,
    mean,
    min,
    max: sorted[rows - 1]!,
    standardDeviation: reach === 0 ? 0 : reach * Math.sqrt(squares / rows),
    distribution: rows <= EXACT_UP_TO_ROWS ? { kind: 'exact', values: [...sorted] } : sketchOf(sorted),
  };
}

/** A column of small whole numbers as categories; none is missing. */
export function categoricalReference(name: string, values: Uint8Array): CategoricalReference {
  const categories = [...countCategories(values)].map(([value, rows]) => ({ value, rows }));
  return { name, rows: values.length, missing: 0, categories };
}

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
  const sketch: SketchedDistribution = { kind: 'sketch', lows: [], highs: [], offsets: [], counts: [], marks: '' };
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
    sketch.marks += marksOf(sorted.subarray(start, end));
    start = end;
  }
  return sketch;
}

/** Most marks within a cell: all values of one with up to twelve rows. */
const MOST_MARKS = 10;
/** A place is one of so many between a cell's ends. */
const PLACES = 64 * 64;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Characters of a mark. */
const LENGTH = 2;

/** Characters of a cell's marks; none where its ends and mean tell all values. @param width of the cell */
export const marksLength = (rows: number, width: number): number =>
  rows <= 3 || width === 0 ? 0 : LENGTH * Math.min(MOST_MARKS, rows - 2);

/** Which of the values between the ends mark number `j` of `marks` is. */
const rankOf = (j: number, marks: number, inner: number): number => Math.floor(((j + 0.5) * inner) / marks);

/** Places of values between the ends of a cell, evenly spaced by rank. @param cell ascending */
export function marksOf(cell: Float64Array): string {
  const low = cell[0]!;
  const width = cell[cell.length - 1]! - low;
  const marks = marksLength(cell.length, width) / LENGTH;
  let text = '';
  for (let j = 0; j < marks; j++) {
    const value = cell[1 + rankOf(j, marks, cell.length - 2)]!;
    const place = Math.round(((value - low) / width) * (PLACES - 1));
    text += DIGITS[Math.floor(place / 64)]! + DIGITS[place % 64]!;
  }
  return text;
}

/**
 * Values between the ends of a cell as its marks tell them: those that are marked, others evenly between.
 * @param marks of the cell, as `marksOf` wrote them
 * @param inner rows between the two at the ends
 * @returns each less the cell's least value
 */
export function markedPlaces(marks: string, inner: number, width: number): number[] {
  const count = marks.length / LENGTH;
  const places = Array.from({ length: count }, (_, j) => {
    const [high, low] = [marks[LENGTH * j]!, marks[LENGTH * j + 1]!];
    return (width * (DIGITS.indexOf(high) * 64 + DIGITS.indexOf(low))) / (PLACES - 1);
  });
  const ranks = [-1, ...places.map((_, j) => rankOf(j, count, inner)), inner];
  const values = [0, ...places, width];
  let next = 1;
  return Array.from({ length: inner }, (_, i) => {
    while (ranks[next]! < i) next++;
    const [before, after] = [ranks[next - 1]!, ranks[next]!];
    return values[next - 1]! + ((values[next]! - values[next - 1]!) * (i - before)) / (after - before);
  });
}
