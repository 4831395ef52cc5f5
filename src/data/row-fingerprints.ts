import { createCipheriv } from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import { firstAtLeast } from '../ml/sorted.js';
import type { Table } from '../ml/table.js';

/** Bytes of the key that rows are fingerprinted under. */
export const FINGERPRINT_KEY_BYTES = 32;

const WORD = 2 ** 32;
/** Bits of the upper half; with 32 below, the whole is an exact integer in a double. */
const UPPER_MASK = 0x1fffff;
/** Stands for every NaN. */
const NAN_WORD = 0x7ff80000;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** XORs a number into two words; all NaN are one, and 0 is -0. */
function mixNumber(states: Uint32Array, at: number, value: number): void {
  number[0] = value === 0 ? 0 : value;
  const missing = value !== value;
  states[at]! ^= missing ? 0 : words[0]!;
  states[at + 1]! ^= missing ? NAN_WORD : words[1]!;
}

const integersOf = (tags: Uint32Array): Float64Array =>
  new Float64Array(tags.length / BLOCK_WORDS).map(
    (_, i) => (tags[i * BLOCK_WORDS]! & UPPER_MASK) * WORD + tags[i * BLOCK_WORDS + 1]!,
  );

/**
 * A 53-bit integer for each of `rows`, features and label, cut from an AES-256-CMAC under the key: equal for equal rows,
 * almost surely different otherwise (any two of a million with a probability of about 6e-5), and without the key no
 * guess of a row can be tried. All NaN are equal, and 0 equals -0. Comparable between tables that have the same columns in
 * the same order.
 */
export function rowFingerprints(key: Uint8Array, { columns, labels }: Table, rows: Int32Array): Float64Array {
  // The first block tells how many columns follow, so that no row is another one's beginning.
  const blocks = 1 + Math.ceil(columns.length / 2);
  const tags = cmacs(key, rows.length, blocks, (states, first, block) => {
    const left = block === 0 ? null : columns[2 * block - 2]!;
    const right = block === 0 ? undefined : columns[2 * block - 1];
    for (let i = 0; i < states.length / BLOCK_WORDS; i++) {
      const row = rows[first + i]!;
      mixNumber(states, i * BLOCK_WORDS, left === null ? columns.length : left[row]!);
      if (left === null) mixNumber(states, i * BLOCK_WORDS + 2, labels[row]!);
      else if (right !== undefined) mixNumber(states, i * BLOCK_WORDS + 2, right[row]!);
    }
  });
  return integersOf(tags);
}

/** Tells one key from another: of a message that is no row. */
const markOf = (key: Uint8Array): number => integersOf(cmacs(key, 1, 1, () => undefined))[0]!;

/** What a model keeps of the rows it has learned from: the mark of the key, then their fingerprints, ascending. */
export function encodeTrainingRows(key: Uint8Array, table: Table, rows: Int32Array): Uint8Array {
  const kept = new Float64Array(rows.length + 1);
  kept[0] = markOf(key);
  kept.set(rowFingerprints(key, table, rows).sort(), 1);
  return new Uint8Array(kept.buffer);
}

/** Ascending fingerprints of the rows that a model has learned from; `null` when they were made under another key. */
export function decodeTrainingRows(key: Uint8Array, bytes: Uint8Array): Float64Array | null {
  if (bytes.length === 0 || bytes.length % NUMBER_BYTES !== 0)
    throw new PipelineFailure(
      'ArtifactCorrupt',
      `The stored fingerprints of training rows have ${bytes.length} bytes, which is no list of them; train the model again.`,
    );
  const kept = new Float64Array(Uint8Array.from(bytes).buffer);
  return kept[0] === markOf(key) ? kept.subarray(1) : null;
}

/** Whether ascending fingerprints hold this one. */
export function contains(sorted: Float64Array, fingerprint: number): boolean {
  return sorted[firstAtLeast(sorted, fingerprint)] === fingerprint;
}

/** AES blocks, in bytes and in 32-bit words. */
const BLOCK_BYTES = 16;
export const BLOCK_WORDS = 4;
/** The reduction polynomial of the field that subkeys are doubled in. */
const REDUCTION = 0x87;
/** Messages at a time: their state stays in the processor's cache. */
const BATCH = 8192;

/** XORs block `block` of the messages `first`, `first` + 1, ... into their states, four words each. */
type MixBlock = (states: Uint32Array, first: number, block: number) => void;

/**
 * AES-256-CMAC (NIST SP 800-38B, RFC 4493) of many messages of equally many whole blocks: block by block over all of them,
 * so that a million short messages cost a few calls of the cipher instead of one each.
 * @param key 32 bytes
 * @returns four words for each of `count` messages, bytes in the machine's order
 */
export function cmacs(key: Uint8Array, count: number, blocks: number, mix: MixBlock): Uint32Array {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const encrypt = (states: Uint32Array): Buffer => cipher.update(bytesOf(states));
  const subkey = wordsOf(doubled(encrypt(new Uint32Array(BLOCK_WORDS))));
  const tags = new Uint32Array(count * BLOCK_WORDS);
  for (let first = 0; first < count; first += BATCH) {
    const states = tags.subarray(first * BLOCK_WORDS, Math.min(count, first + BATCH) * BLOCK_WORDS);
    for (let block = 0; block < blocks; block++) {
      mix(states, first, block);
      if (block === blocks - 1) for (let i = 0; i < states.length; i++) states[i]! ^= subkey[i % BLOCK_WORDS]!;
      bytesOf(states).set(encrypt(states));
    }
  }
  return tags;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** The first subkey: the encrypted zero block times x. */
function doubled(block: Uint8Array): Uint8Array {
  const twice = block.map((byte, i) => (byte << 1) | ((block[i + 1] ?? 0) >> 7));
  if (block[0]! >> 7 === 1) twice[BLOCK_BYTES - 1]! ^= REDUCTION;
  return twice;
}

const wordsOf = (block: Uint8Array): Uint32Array => new Uint32Array(Uint8Array.from(block).buffer);
