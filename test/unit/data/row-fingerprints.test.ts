import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_WORDS,
  cmacs,
  contains,
  decodeTrainingRows,
  encodeTrainingRows,
  rowFingerprints,
} from '../../../src/data/row-fingerprints.js';
import { createRandom } from '../../../src/ml/random.js';
import { allRows, syntheticTable } from '../ml/samples.js';
import { FINGERPRINT_KEY } from '../../support/task-context.js';

const OTHER_KEY = FINGERPRINT_KEY.with(31, 0);

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const wordsOf = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer);

describe('cmacs', () => {
  const key = bytesOf('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const message = bytesOf(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );

  // Examples 2 and 4 of AES-256 in NIST SP 800-38B, appendix D.3.
  it.each([
    [1, '28a7023f452e8f82bd4bf28d8c37c35c'],
    [4, 'e1992190549f6ed5696a2c056c315410'],
  ])('of %i blocks is that of the standard, wherever the message stands among many', (blocks, expected) => {
    const count = 8193; // one more than are computed at a time
    const tags = cmacs(key, count, blocks, (states, _, block) => {
      const words = wordsOf(message.subarray(16 * block, 16 * block + 16));
      for (let i = 0; i < states.length; i++) states[i]! ^= words[i % BLOCK_WORDS]!;
    });
    for (const i of [0, 8191, 8192])
      expect(Buffer.from(tags.slice(BLOCK_WORDS * i, BLOCK_WORDS * (i + 1)).buffer).toString('hex')).toBe(expected);
  });
});

const print = (values: number[], label = 0, key = FINGERPRINT_KEY) =>
  rowFingerprints(
    key,
    { columns: values.map((value) => Float64Array.of(value)), labels: Uint8Array.of(label) },
    allRows(1),
  )[0]!;

describe('rowFingerprints', () => {
  it('are pinned under their key: stored fingerprints stay comparable', () => {
    expect(print([43.2555, 30.8421, 25.9025], 1)).toMatchInlineSnapshot(`4222607165549826`);
  });

  it('depend on the key', () => {
    expect(print([1, 2], 0, OTHER_KEY)).not.toBe(print([1, 2]));
  });

  it('take all NaN for one and 0 for -0', () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0]!;
    expect(print([odd, 0])).toBe(print([NaN, -0]));
    expect(print([NaN])).not.toBe(print([0]));
  });

  it('tell apart values, their column, how many there are and the label', () => {
    const prints = [
      ...[print([1, 2]), print([2, 1]), print([1, 2], 1), print([1, 2 + 2 ** -50])],
      ...[print([1]), print([1, 0]), print([1, 2, 0]), print([-1, 2])],
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('belong to the row, not to its place', () => {
    const { columns, labels } = syntheticTable(50, 3, 1);
    const whole = rowFingerprints(FINGERPRINT_KEY, { columns, labels }, allRows(50));
    fc.assert(
      fc.property(fc.shuffledSubarray([...allRows(50)], { minLength: 1 }), (rows) => {
        const moved = {
          columns: columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
          labels: Uint8Array.from(rows, (row) => labels[row]!),
        };
        const prints = rowFingerprints(FINGERPRINT_KEY, moved, allRows(rows.length));
        expect(prints).toEqual(Float64Array.from(rows, (row) => whole[row]!));
      }),
    );
  });

  it('of 100,000 rows of near values are 100,000 exact integers, evenly spread', () => {
    const columns = [Float64Array.from({ length: 100_000 }, (_, i) => i / 100)];
    const table = { columns, labels: new Uint8Array(100_000) };
    const prints = rowFingerprints(FINGERPRINT_KEY, table, allRows(100_000));
    expect(new Set(prints).size).toBe(100_000);
    expect(prints.every((p) => Number.isSafeInteger(p) && p >= 0)).toBe(true);
    expect(prints.reduce((sum, p) => sum + p / 2 ** 53, 0) / 100_000).toBeCloseTo(0.5, 2);
  });
});

describe('training rows', () => {
  it('are found again, and no others', () => {
    const table = syntheticTable(1000, 3, 5);
    const random = createRandom(1);
    const learnt = allRows(1000).filter(() => random.float() < 0.5);
    const sorted = decodeTrainingRows(FINGERPRINT_KEY, encodeTrainingRows(FINGERPRINT_KEY, table, learnt))!;
    const known = new Set(learnt);
    const prints = rowFingerprints(FINGERPRINT_KEY, table, allRows(1000));
    allRows(1000).forEach((row) => expect(contains(sorted, prints[row]!)).toBe(known.has(row)));
    expect(contains(new Float64Array(0), 1)).toBe(false);
  });

  it('under another key are not taken for rows that are new', () => {
    const bytes = encodeTrainingRows(OTHER_KEY, syntheticTable(10, 2, 1), allRows(10));
    expect(decodeTrainingRows(FINGERPRINT_KEY, bytes)).toBeNull();
    expect(decodeTrainingRows(OTHER_KEY, bytes)).toHaveLength(10);
  });

  it.each([0, 4, 12])('of %i bytes are no list of them', (length) => {
    expect(() => decodeTrainingRows(FINGERPRINT_KEY, new Uint8Array(length))).toThrow(/no list of them; train/);
  });
});
