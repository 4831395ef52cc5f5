import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from '../../src/capture/json-cursor.js';

/** What the cursor reads at the start of a text, and what it leaves. */
function read(text: string): { value: number; rest: string } {
  const cursor = new JsonCursor(Buffer.from(`${text}\n`), 0);
  const value = cursor.number();
  return { value, rest: text.slice(cursor.at) };
}

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength }).map((each) => each.join(''));

/** Texts of numbers as others may write them, with more digits than a double holds. */
const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      digits(0, 24).map((rest) => `7${rest}`),
    ),
    fc.oneof(
      fc.constant(''),
      digits(1, 30).map((places) => `.${places}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: -330, max: 330 }).map((power) => `e${power}`),
    ),
  )
  .map((parts) => parts.join(''));

describe('JsonCursor', () => {
  it('reads every double as it was written', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(Object.is(read(JSON.stringify(value)).value, value === 0 ? 0 : value)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads probabilities, which have up to 17 digits, as Number does', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 18 }), (value, places) => {
        for (const text of [JSON.stringify(value), value.toFixed(places)])
          expect(Object.is(read(text).value, Number(text))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads any text of a number as Number does, and stops behind it', () => {
    fc.assert(
      fc.property(numberText, fc.constantFrom(',', ']', '}', ''), (text, after) => {
        const { value, rest } = read(text + after);
        expect([Object.is(value, Number(text)), rest]).toEqual([true, after]);
      }),
      { numRuns: 5000 },
    );
  });

  it('rounds the middle between two doubles to the even one', () => {
    // 1 + 2^-53 and 1 + 3 * 2^-53 lie in the middle between neighbours; the next ones just beside it.
    for (const text of [
      '1.00000000000000011102230246251565404236316680908203125',
      '1.000000000000000111',
      '1.000000000000000112',
      '1.000000000000000333',
      '9007199254740993',
      '9007199254740993.0',
      '9007199254740992.5',
      '900719925474099.35',
    ])
      expect([text, read(text).value]).toEqual([text, Number(text)]);
  });

  it.each(['', '-', '.5', '01', '-01', '1.', '1.e5', '1e', '1e+', '+1', 'NaN', 'null', '"1"', 'Infinity'])(
    'reads nothing from %j, which is no number of JSON',
    (text) => {
      expect(read(text).value).toBeNaN();
    },
  );
});
