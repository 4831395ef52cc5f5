import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ROWS, SAMPLE_SEED, sampleCsv } from '../../../scripts/sample-table.js';

interface Person {
  r: number;
  g: number;
  b: number;
  hb: number;
}
const FEATURES = ['r', 'g', 'b', 'hb'] as const;

const COMMITTED = readFileSync(new URL('../../../data/anemia-sample.csv', import.meta.url), 'utf8');
const records = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
const people = (csv: string) =>
  records(csv).map(([, , r, g, b, hb, label]) => ({
    r: Number(r),
    g: Number(g),
    b: Number(b),
    hb: Number(hb),
    positive: label!.trim() === 'Yes',
  }));

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Share of pairs of a positive and a negative in which the positive scores higher. */
function auc(positives: number[], negatives: number[]): number {
  const wins = positives.map((p) => mean(negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0))));
  return mean(wins);
}

describe('the committed sample', () => {
  const rows = people(COMMITTED);

  it('is what the generator makes', () => {
    expect(COMMITTED).toBe(sampleCsv(SAMPLE_ROWS, SAMPLE_SEED));
  });

  it('has the shape of the published file', () => {
    expect(COMMITTED.split('\n')[0]).toBe('Number,Name,%Red Pixel,%Green pixel,%Blue pixel,Hb,Anaemic,,,,,,,');
    const cells = records(COMMITTED);
    expect(cells).toHaveLength(104);
    expect(cells.every((record) => record.length === 14 && record.slice(7).every((cell) => cell === ''))).toBe(true);
    expect(cells.map((record) => record[6]).filter((label) => label === 'No ')).toHaveLength(1);
    expect(cells.every((record, index) => record[1] === `sample-${String(index + 1).padStart(3, '0')}`)).toBe(true);
    expect(rows.filter((row) => row.positive)).toHaveLength(26);
    for (const { r, g, b } of rows) expect(Math.abs(r + g + b - 100)).toBeLessThan(0.0002);
  });

  it('is separated to 98 % by one cut of haemoglobin and less well by colour', () => {
    const best = Math.max(
      ...rows.map(({ hb: cut }) => mean(rows.map((row) => Number(row.hb <= cut === row.positive)))),
    );
    expect(best).toBeCloseTo(102 / 104, 10);
    const green = (positive: boolean) => rows.filter((row) => row.positive === positive).map((row) => row.g);
    expect(auc(green(true), green(false))).toBeGreaterThan(0.83);
    expect(auc(green(true), green(false))).toBeLessThan(0.93);
  });

  it.each<[Person, boolean]>([
    [{ r: 43.2555, g: 30.8421, b: 25.9025, hb: 6.3 }, true],
    [{ r: 45.6033, g: 28.19, b: 26.2067, hb: 13.5 }, false],
  ])('sees %o as anaemic: %s', (person, anaemic) => {
    // Distance to each class in its own standard deviations, all features together.
    const distance = (positive: boolean) => {
      const own = rows.filter((row) => row.positive === positive);
      return FEATURES.reduce((sum, name) => {
        const values = own.map((row) => row[name]);
        return sum + ((person[name] - mean(values)) / deviation(values)) ** 2;
      }, 0);
    };
    const [near, far] = anaemic ? [distance(true), distance(false)] : [distance(false), distance(true)];
    expect(far).toBeGreaterThan(3 * near);
  });
});

describe('sampleCsv', () => {
  it('depends on the seed, and on nothing else', () => {
    expect(sampleCsv(50, 1)).toBe(sampleCsv(50, 1));
    expect(sampleCsv(50, 1)).not.toBe(sampleCsv(50, 2));
  });

  it.each([0, 1, 4, 1001])('makes %d rows, a quarter of them positive', (count) => {
    const rows = people(sampleCsv(count, 3));
    expect(rows).toHaveLength(count);
    expect(rows.filter((row) => row.positive)).toHaveLength(Math.round(count / 4));
  });
});
