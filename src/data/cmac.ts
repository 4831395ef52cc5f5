import { createCipheriv } from 'node:crypto';

/** AES blocks, in bytes and in 32-bit words. */
const BLOCK_BYTES = 16;
export const BLOCK_WORDS = 4;
/** The reduction polynomial of the field that subkeys are doubled in. */
const REDUCTION = 0x87;
/** Messages at a time: their state stays in the processor's cache. */
const BATCH = 8192;

/** XORs block `block` of the messages `first`, `first` + 1, ... into their states, four words each. */
export type MixBlock = (states: Uint32Array, first: number, block: number) => void;

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
