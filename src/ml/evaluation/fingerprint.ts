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

function finish(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
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
  const upper = finish(mix(second, label, SECOND_MULTIPLIER)) & UPPER_MASK;
  return upper * WORD + (finish(mix(first, label, FIRST_MULTIPLIER)) >>> 0);
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
