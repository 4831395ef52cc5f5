import { createRandom, scramble } from '../random.js';
import { firstAtLeast } from '../sorted.js';
import { positionsWhere } from '../table.js';

/** Values looked at; of larger tables a random part of the rows stands for all. */
const MAX_CELLS = 1_000_000;
const MAX_ROWS = 20_000;
/** Repeated rows whose surroundings are searched. */
const MAX_ANCHORS = 300;
/** Columns in which a row next to another may differ, by one step each: r + g + b = 100 moves two at once. */
const MOVES = 2;
/** Columns suffice to tell rows apart when pairs that agree on them alone are at most this share of the equal pairs. */
const KEY_SHARE = 0.02;
/** With fewer equal pairs no column is taken to follow from others. */
const PAIRS_FOR_KEY = 10;
const STREAM = 5;

interface EqualRowsChance {
  /** Pairs of equal rows to be expected by the spread of the columns. */
  expectedPairs: number;
  /** Rows equal to some that repeat, and rows next to the same, both without those themselves. */
  equal: number;
  adjacent: number;
}

/** The rows that stand for all. */
interface Sample {
  /** Of the columns that differ in more than their names: ranks of the sample's values among `levels`. */
  ranks: Int32Array[];
  levels: Float64Array[];
  /** The columns themselves, of all rows. */
  columns: Float64Array[];
  /** Fingerprints of the rows. */
  prints: Float64Array;
}

/**
 * How often rows would be equal by chance. A column's chance is that of two *different* rows to agree in it, so copies do
 * not add to it. Columns that follow from others are dropped as long as the rest tells rows apart as well (r + g + b = 100
 * has two independent ones, weight, height and body mass index too); for the rest chances multiply. What this misses,
 * dependence of any other form, shows in the rows next to those that repeat: natural values have them, copies do not.
 * @param counts how many rows have each fingerprint that occurs more than once
 * @param states fingerprints of rows to leave out
 */
export function chanceOfEqualRows(
  columns: Float64Array[],
  prints: Float64Array,
  counts: Map<number, number>,
  states: Set<number>,
): EqualRowsChance {
  const { sample, rows } = drawSample(columns, prints, states);
  let pairs = 0;
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2;
  if (sample.ranks.length < 2) return { expectedPairs: pairs, equal: 0, adjacent: 0 };
  const allPairs = (rows * (rows - 1)) / 2;
  return {
    expectedPairs: allPairs * chanceOfPair(sample, pairs < PAIRS_FOR_KEY ? null : pairs / allPairs),
    ...surroundings(sample, prints, counts, rows / sample.prints.length),
  };
}

/** Rows without states, at most so many; columns that say the same in other numbers count once. */
function drawSample(columns: Float64Array[], prints: Float64Array, states: Set<number>) {
  const rows = positionsWhere(prints.length, (row) => !states.has(prints[row]!));
  const size = Math.min(rows.length, MAX_ROWS, Math.max(1000, Math.floor(MAX_CELLS / columns.length)));
  if (size < rows.length) createRandom(0, STREAM).shuffle(rows);
  const chosen = rows.subarray(0, size);
  const sample: Sample = {
    ranks: [],
    levels: [],
    columns: [],
    prints: Float64Array.from(chosen, (row) => prints[row]!),
  };
  for (const column of columns) {
    const values = Float64Array.from(chosen, (row) => column[row]!);
    const levels = distinctSorted(values);
    const ranks = ranksOf(values, levels);
    if (levels.length + Number(values.some(Number.isNaN)) < 2) continue;
    if (sample.ranks.some((other, k) => sameOrder(ranks, other, levels.length, sample.levels[k]!.length))) continue;
    sample.ranks.push(ranks);
    sample.levels.push(levels);
    sample.columns.push(column);
  }
  return { sample, rows: rows.length };
}

/** A pseudo-random word for a value of a column. */
function wordOf(column: number, rank: number, salt: number): number {
  return scramble(Math.imul(rank + 2, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca77) ^ salt);
}

/** Sum of squares of how often each value occurs. */
function squaresOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  let sum = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    end++;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    sum += (end - start) ** 2;
  }
  return sum;
}

/** The chance of two rows to be equal. @param share of pairs that are equal; `null` keeps all columns */
function chanceOfPair({ ranks, prints }: Sample, share: number | null): number {
  const rows = prints.length;
  const equal = squaresOf(prints);
  const differentPairs = rows * rows - equal;
  if (differentPairs === 0) return 1;
  /** Share of pairs of different rows that have the same key. */
  const agreement = (keys: Float64Array) => (squaresOf(keys) - equal) / differentPairs;
  const chances = ranks.map((column) => agreement(Float64Array.from(column)));
  const order = [...chances.keys()].sort((a, b) => chances[a]! - chances[b]!);
  const kept = new Set(order);
  const [upper, lower] = [new Int32Array(rows), new Int32Array(rows)];
  /** Adds a column to the rows' keys, or takes it out again. */
  const toggle = (j: number) => {
    for (let i = 0; i < rows; i++) {
      upper[i]! ^= wordOf(j, ranks[j]![i]!, 0x2545f491);
      lower[i]! ^= wordOf(j, ranks[j]![i]!, 0);
    }
  };
  const keys = new Float64Array(rows);
  order.forEach(toggle);
  for (const j of order) {
    if (share === null || kept.size === 2) break;
    toggle(j);
    for (let i = 0; i < rows; i++) keys[i] = (upper[i]! & 0x1fffff) * 2 ** 32 + (lower[i]! >>> 0);
    if (agreement(keys) <= KEY_SHARE * share) kept.delete(j);
    else toggle(j);
  }
  return [...kept].reduce((product, j) => product * chances[j]!, 1);
}

/** Counts rows equal and next to rows that repeat. @param weight rows for which one of the sample stands */
function surroundings(sample: Sample, prints: Float64Array, counts: Map<number, number>, weight: number) {
  const { ranks, levels, columns } = sample;
  const step = Math.ceil(counts.size / MAX_ANCHORS);
  const anchors = new Set([...counts.keys()].filter((_, i) => i % step === 0));
  const moves = Math.min(MOVES, ranks.length - 1);
  const found = { equal: 0, adjacent: 0 };
  for (let row = 0; row < prints.length && anchors.size > 0; row++) {
    const print = prints[row]!;
    if (!anchors.delete(print)) continue;
    const here = columns.map((column, j) => positionIn(levels[j]!, column[row]!));
    found.equal += counts.get(print)! - 1;
    for (let i = 0; i < sample.prints.length; i++) {
      let moved = 0;
      for (let j = 0; j < here.length && moved <= moves; j++) {
        const distance = Math.abs(ranks[j]![i]! - here[j]!);
        if (distance > 1) moved = Infinity;
        else if (distance > 0) moved++;
      }
      if (moved <= moves && sample.prints[i] !== print) found.adjacent += weight;
    }
  }
  return found;
}

/** The rank of a missing value: next to no other. */
const MISSING = -9;

/** The different values, ascending; missing ones left out. */
function distinctSorted(values: Float64Array): Float64Array {
  return values
    .filter((value) => !Number.isNaN(value))
    .sort()
    .filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
}

/** Where a value stands among ascending levels; between two of them when it is none, -9 when it is missing. */
function positionIn(levels: Float64Array, value: number): number {
  if (Number.isNaN(value)) return MISSING;
  const at = firstAtLeast(levels, value);
  return levels[at] === value ? at : at - 0.5;
}

/** The ranks of values that are all among `levels`. */
const ranksOf = (values: Float64Array, levels: Float64Array): Int32Array =>
  Int32Array.from(values, (value) => positionIn(levels, value));

/** Whether two columns of ranks say the same, in the same or in reversed order. @param ofA, ofB numbers of their levels */
function sameOrder(a: Int32Array, b: Int32Array, ofA: number, ofB: number): boolean {
  if (ofA !== ofB) return false;
  return a.every((rank, i) => rank === b[i]) || a.every((rank, i) => rank === reversed(b[i]!, ofB));
}

const reversed = (rank: number, levels: number): number => (rank === MISSING ? MISSING : levels - 1 - rank);
