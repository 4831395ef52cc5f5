import type { EqualRows } from '../../contracts/results.js';
import type { Warning } from '../../contracts/values.js';
import { scramble } from '../random.js';
import { allPositions } from '../table.js';
import { chanceOfEqualRows } from './equal-rows-chance.js';

/** A row that makes up this share of all rows, and so many of them, is a state that recurs (a sensor that is off). */
const STATE_SHARE = 0.05;
const STATE_ROWS = 50;
/** How much more often than expected rows may repeat and still be different cases: expectations are rough. */
const TOLERANCE = 3;
/** Chance of more repeats than were found, below which they are no chance. */
const LEVEL = 0.001;

interface FoundEqualRows {
  found: EqualRows;
  /** The group of each row; `null` when equal rows are different cases, or when there are none. */
  groups: Int32Array | null;
}

/** Pairs within a group of so many. */
const pairsOf = (rows: number): number => (rows * (rows - 1)) / 2;

/** Rows that occur more than once, by fingerprint, but for states. */
interface Repeated {
  /** Fingerprint and number of rows. */
  counts: Map<number, number>;
  states: Set<number>;
  /** Rows that repeat an earlier one, states among them. */
  repeats: number;
}

function findRepeated(prints: Float64Array): Repeated {
  const sorted = prints.slice().sort();
  const found: Repeated = { counts: new Map(), states: new Set(), repeats: 0 };
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    end++;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    const rows = end - start;
    if (rows === 1) continue;
    found.repeats += rows - 1;
    if (rows >= STATE_ROWS && rows >= STATE_SHARE * sorted.length) found.states.add(sorted[start]!);
    else found.counts.set(sorted[start]!, rows);
  }
  return found;
}

/** Chernoff's bound of the chance that a Poisson variable of this mean reaches `count`. */
function poissonTail(count: number, mean: number): number {
  if (count <= mean) return 1;
  return mean === 0 ? 0 : Math.exp(count - mean - count * Math.log(count / mean));
}

/** Whether so many equal pairs are no more than the spread of the columns explains. */
const explainedByChance = (pairs: number, expectedPairs: number): boolean =>
  poissonTail(pairs, TOLERANCE * expectedPairs) >= LEVEL;

/**
 * Decides whether rows with equal features are copies of one case, which must stay together wherever rows are divided, or
 * different cases that few distinct values make alike. Equal pairs of independent rows are nearly Poisson (the birthday
 * problem; Arratia, Goldstein & Gordon 1990, Poisson approximation and the Chen-Stein method), so pairs are copies when
 * (1) a Poisson variable of 3 times their expected number ({@link chanceOfEqualRows}, from the spread of the columns)
 * exceeds them with a chance below 0.001, and (2) there are more than 3 times as many as rows next to theirs: whatever
 * depends on what, values that come in steps also fall on the next step.
 * @param columns d arrays of n numbers, NaN where missing; NaN equals NaN
 */
export function findEqualRows(columns: Float64Array[]): FoundEqualRows {
  const rows = columns[0]?.length ?? 0;
  const prints = featureFingerprints(columns, allPositions(rows));
  const { counts, states, repeats } = findRepeated(prints);
  if (repeats === 0) return { found: { verdict: 'none', repeats, pairs: 0, expectedPairs: 0 }, groups: null };
  let pairs = 0;
  for (const count of counts.values()) pairs += pairsOf(count);
  if (pairs === 0) return { found: { verdict: 'different-cases', repeats, pairs, expectedPairs: 0 }, groups: null };
  const { expectedPairs, equal, adjacent } = chanceOfEqualRows(columns, prints, counts, states);
  return explainedByChance(pairs, expectedPairs) || equal <= TOLERANCE * adjacent
    ? { found: { verdict: 'different-cases', repeats, pairs, expectedPairs }, groups: null }
    : { found: { verdict: 'together', repeats, pairs, expectedPairs }, groups: groupsOf(prints, counts) };
}

/** Numbers groups in the order of their first rows; a row that repeats none, or is of a state, is a group of its own. */
function groupsOf(prints: Float64Array, counts: ReadonlyMap<number, number>): Int32Array {
  const known = new Map<number, number>();
  const groups = new Int32Array(prints.length);
  let next = 0;
  for (let row = 0; row < prints.length; row++) {
    const print = prints[row]!;
    const group = known.get(print) ?? next++;
    if (counts.has(print)) known.set(print, group);
    groups[row] = group;
  }
  return groups;
}

/** What was made of rows with equal features, and why; nothing where there are none. @param rows of the data set */
export function equalRowsWarnings({ verdict, repeats, pairs, expectedPairs }: EqualRows, rows: number): Warning[] {
  if (verdict === 'none') return [];
  const start = `${repeats} of ${rows} rows repeat the features of an earlier row`;
  const expected = `${pairs} equal pairs, where the spread of the columns lets expect ${aboutCount(expectedPairs)}`;
  const because =
    pairs === 0
      ? 'all of one state that recurs'
      : pairs <= TOLERANCE * expectedPairs
        ? expected
        : explainedByChance(pairs, expectedPairs)
          ? `${expected}, too few to tell from chance`
          : `${expected}, but the columns go in steps, and the next steps are as full`;
  const message =
    verdict === 'together'
      ? `${start} (${expected}): they are taken for copies, so equal rows stay together in the hold-out, in every fold and in the intervals.`
      : `${start} (${because}): they are taken for different cases that look alike, and are divided like all others.`;
  return [{ code: 'duplicate-rows', message }];
}

const aboutCount = (expected: number): string => (expected < 0.5 ? 'none' : `about ${Math.round(expected)}`);

const SEED = 0x243f6a88;
const FIRST_MULTIPLIER = 0xcc9e2d51;
const SECOND_MULTIPLIER = 0x38b34ae5;
const WORD = 2 ** 32;
/** Bits of the upper half; with 32 below, the whole is an exact integer in a double. */
const UPPER_MASK = 0x1fffff;
/** Stands for every NaN. */
const NAN_WORD = 0x7ff80000;

/** Mixes a word into one lane (MurmurHash3's round with a multiplier of its own). */
function mix(lane: number, word: number, multiplier: number): number {
  const k = Math.imul(word, multiplier);
  const turned = lane ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

/** Stands in for the label where only the features count. */
const NO_LABEL = 2;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

function fingerprint(columns: Float64Array[], label: number, row: number): number {
  let first = SEED;
  let second = ~SEED;
  for (let f = 0; f < columns.length; f++) {
    const value = columns[f]![row]!;
    number[0] = value === 0 ? 0 : value;
    const missing = value !== value;
    const low = missing ? 0 : words[0]!;
    const high = missing ? NAN_WORD : words[1]!;
    first = mix(mix(first, low, FIRST_MULTIPLIER), high, FIRST_MULTIPLIER);
    second = mix(mix(second, high, SECOND_MULTIPLIER), low, SECOND_MULTIPLIER);
  }
  const upper = scramble(mix(second, label, SECOND_MULTIPLIER)) & UPPER_MASK;
  return upper * WORD + (scramble(mix(first, label, FIRST_MULTIPLIER)) >>> 0);
}

/**
 * A 53-bit integer for each of `rows` from its features: equal for equal features under any label, almost surely
 * different otherwise. All NaN are equal, and 0 equals -0. Whoever guesses a row can compute it, so it finds repeated rows
 * in memory and is never kept: what is kept is keyed, see `rowFingerprints`.
 */
export function featureFingerprints(columns: Float64Array[], rows: Int32Array): Float64Array {
  const prints = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) prints[i] = fingerprint(columns, NO_LABEL, rows[i]!);
  return prints;
}
