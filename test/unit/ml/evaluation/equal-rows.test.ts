import { describe, expect, it } from 'vitest';
import { equalRowsWarnings, findEqualRows } from '../../../../src/ml/evaluation/equal-rows.js';
import { createRandom } from '../../../../src/ml/random.js';

const random = createRandom(7);
const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
const decimals = (value: number, digits: number) => Number(value.toFixed(digits));
/** Rows 0..n-1, the smaller ones more often: row k as often as 1 / (k + 1) tells. */
const skewed = (levels: number) => Math.floor((levels + 1) ** random.float()) - 1;
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const copies = (rows: number[][], n: number) => rows.flatMap((row) => times(n, () => row));
const found = (rows: number[][]) =>
  findEqualRows(rows[0]!.map((_, column) => Float64Array.from(rows, (row) => row[column]!)));

const measured = () => [decimals(25 + 25 * random.float(), 3), decimals(25 + 10 * random.float(), 3), normal()];
/** Thirteen columns of few and many values, as clinical tables have them. */
const patient = () => [
  Math.round(54 + 9 * normal()),
  ...times(4, () => random.below(2)),
  ...[skewed(4), skewed(3), skewed(5), skewed(4)],
  Math.round(130 + 17 * normal()),
  Math.round(246 + 51 * normal()),
  Math.round(150 + 23 * normal()),
  decimals(Math.max(0, 1 + 1.2 * normal()), 1),
];
const patients = times(302, patient);
const days = times(100, () => [decimals(20 + 5 * normal(), 1), Math.round(60 + 15 * normal()), normal()]);

const COPIES: [string, number[][]][] = [
  ['150 measured rows, 4 times each', copies(times(150, measured), 4)],
  ['302 patients, drawn 1,025 times', times(1025, () => patients[random.below(302)]!)],
  ['302 patients and 30 of them again', [...patients, ...patients.slice(0, 30)]],
  ['one row of 1,000 twice', ((rows) => [...rows, rows[5]!])(times(1000, measured))],
  ['a class that was filled up twentyfold', [...times(1000, measured), ...copies(times(50, measured), 20)]],
  [
    'one measured column beside ten switches',
    copies(
      times(150, () => [normal(), ...times(10, () => random.below(2))]),
      4,
    ),
  ],
  ['rows that belong to a hundred days', times(3000, () => days[random.below(100)]!)],
];

const NATURAL: [string, number[][]][] = [
  ['two columns of 5 levels, 1,000 rows', times(1000, () => [random.below(5), random.below(5)])],
  ['the same in other units', times(1000, () => [random.below(5) / Math.PI, random.below(5) / 7])],
  ['four columns of skewed levels', times(1000, () => times(4, () => skewed(8)))],
  ['one column alone', times(1000, () => [Math.round(50 + 10 * normal())])],
  ['one column in three forms', times(1000, () => ((x) => [x, -2 * x, x * x])(1 + random.below(60)))],
  ['a column and nearly the same', times(1000, () => ((x) => [x, x + random.below(3)])(random.below(50)))],
  [
    'colours that add up to 100',
    times(1000, () => ((r, g) => [r, g, 100 - r - g])(Math.round(45 + 5 * normal()), Math.round(29 + 3 * normal()))),
  ],
  [
    'weight, height and what follows from both',
    times(1000, () => ((h, w) => [h, w, w / h ** 2])(Math.round(170 + 9 * normal()), Math.round(70 + 8 * normal()))),
  ],
  [
    'a category of 30 levels as 0 and 1',
    times(1000, () => ((level) => times(30, (i) => Number(i === level)))(skewed(30))),
  ],
  [
    'ten answers to nearly one question',
    times(3000, () => ((z) => times(10, () => Math.max(1, Math.min(5, Math.round(3 + z + 0.6 * normal())))))(normal())),
  ],
  ['a sensor that is off a tenth of the time', times(1000, () => (random.float() < 0.1 ? [0, 0, 0] : measured()))],
  ['ages and sexes', times(500, () => [Math.round(50 + 15 * normal()), random.below(2)])],
];

describe('findEqualRows', () => {
  it.each(COPIES)('takes for copies: %s', (_, rows) => {
    const { found: verdict, groups } = found(rows);
    expect(verdict.verdict).toBe('together');
    const groupOf = new Map(rows.map((row, i) => [row.join(), groups![i]!]));
    rows.forEach((row, i) => expect(groups![i]).toBe(groupOf.get(row.join())));
    expect(new Set(groups)).toHaveProperty('size', groupOf.size);
  });

  it.each(NATURAL)('takes for different cases: %s', (_, rows) => {
    const { found: verdict, groups } = found(rows);
    expect(verdict.verdict).toBe('different-cases');
    expect(verdict.repeats).toBe(rows.length - new Set(rows.map((row) => row.join())).size);
    expect(groups).toBeNull();
  });

  it('has nothing to group where no row repeats, and no column, no row', () => {
    const none = { found: { verdict: 'none', repeats: 0, pairs: 0, expectedPairs: 0 }, groups: null };
    expect(found(times(500, measured))).toEqual(none);
    expect(findEqualRows([new Float64Array(0)])).toEqual(none);
  });

  it('takes missing values for equal, and judges large tables by a part of their rows', () => {
    const rows = copies(
      times(12_000, () => [normal(), random.below(3) === 0 ? NaN : normal(), normal()]),
      2,
    );
    expect(found(rows).found).toMatchObject({ verdict: 'together', repeats: 12_000, pairs: 12_000 });
    const coarse = times(24_000, () => times(5, () => random.below(8)));
    expect(found(coarse).found.verdict).toBe('different-cases');
  });

  it('keeps a state that recurs apart from copies: its rows are cases of their own', () => {
    const { groups } = found([...times(100, () => [0, 0, 0]), ...copies(times(400, measured), 2)]);
    expect(new Set(groups!.subarray(0, 100)).size).toBe(100);
    expect(new Set(groups!.subarray(100)).size).toBe(400);
  });
});

describe('equalRowsWarnings', () => {
  const textOf = (rows: number[][]) => equalRowsWarnings(found(rows).found, rows.length).map(({ message }) => message);

  it('says which it was, and why', () => {
    expect(textOf(COPIES[0]![1])).toEqual([
      '450 of 600 rows repeat the features of an earlier row (900 equal pairs, where the spread of the columns lets expect none): they are taken for copies, so equal rows stay together in the hold-out, in every fold and in the intervals.',
    ]);
    expect(textOf(NATURAL[0]![1])[0]).toMatch(
      /^975 of 1000 .* lets expect about \d+\): they are taken for different cases that look alike, and are divided/,
    );
    expect(textOf(NATURAL[5]![1])[0]).toMatch(
      /the columns go in steps, and the next steps are as full\): .* different/,
    );
    const pair = { verdict: 'different-cases', repeats: 1, pairs: 1, expectedPairs: 0.2 } as const;
    expect(equalRowsWarnings(pair, 100)[0]!.message).toMatch(
      /lets expect none, too few to tell from chance\): .* different/,
    );
    expect(textOf(times(1000, (i) => (i % 10 === 0 ? [0, 0, 0] : measured())))[0]).toMatch(
      /^99 of 1000 .*all of one state/,
    );
    expect(textOf(times(100, measured))).toEqual([]);
  });
});
