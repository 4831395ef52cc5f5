import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of numbers; two streams made from the same seeds are identical on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  float(): number;
  /** Uniform integer in [0, n) for 1 <= n <= 2^32; its bias is below n / 2^32 (multiply and shift). */
  below(n: number): number;
  /** Fisher-Yates, in place. */
  shuffle(values: Int32Array): void;
}

const WORD = 2 ** 32;
const GOLDEN = 0x9e3779b9;

/** MurmurHash3's 32-bit finaliser: every input bit reaches every output bit. */
export function scramble(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Four state words that depend on every seed and on their order. */
function stateFrom(seeds: readonly number[]): number[] {
  let hash = GOLDEN;
  for (const seed of seeds) {
    hash = scramble(hash ^ (seed | 0)) + GOLDEN;
    hash = scramble(hash ^ Math.floor(seed / WORD)) + GOLDEN;
  }
  const state = [1, 2, 3, 4].map((i) => scramble((hash + Math.imul(i, GOLDEN)) | 0));
  return state.some((word) => word !== 0) ? state : [1, 0, 0, 0];
}

/**
 * A generator (xoroshiro128+) of its own for every tuple of seeds, so that trees, folds and resamples draw from
 * independent streams: `createRandom(seed, tree)`. Seeds are integers up to 2^53.
 */
export function createRandom(...seeds: number[]): Random {
  const generator = xoroshiro128plusFromState(stateFrom(seeds));
  const below = (n: number): number => Math.floor(((generator.next() >>> 0) * n) / WORD);
  return {
    below,
    float: () => ((generator.next() >>> 5) * 2 ** 26 + (generator.next() >>> 6)) / 2 ** 53,
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = values[i]!;
        values[i] = values[j]!;
        values[j] = kept;
      }
    },
  };
}
