import { describe, expect, it } from 'vitest';
import { checkTrainingRows, separationOf } from '../../../../src/ml/evaluation/data-checks.js';
import type { Table } from '../../../../src/ml/table.js';
import { allRows, syntheticTable } from '../samples.js';

const check = (table: Table, names: string[], folds = 5) =>
  checkTrainingRows(table, names, allRows(table.labels.length), folds);
const codes = (table: Table, names: string[]) => check(table, names).warnings.map(({ code }) => code);
const messageOf = (table: Table, names: string[], code: string) =>
  check(table, names).warnings.find((warning) => warning.code === code)?.message;

const clean = syntheticTable(300, 3, 1);
const [a, b, c] = clean.columns as [Float64Array, Float64Array, Float64Array];
const { labels } = clean;

describe('checkTrainingRows', () => {
  it('has nothing to say about clean data', () => {
    expect(check(clean, ['a', 'b', 'c'])).toEqual({ warnings: [], suspicious: [] });
  });

  it('counts conflicting labels', () => {
    const column = Float64Array.from({ length: 40 }, (_, i) => i);
    const classes = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
    column[2] = 0; // repeats row 0: no conflict
    column[6] = 9; // same feature as row 9, other class
    const table = { columns: [column], labels: classes };
    expect(codes(table, ['x'])).toEqual(['conflicting-labels']);
    expect(messageOf(table, ['x'], 'conflicting-labels')).toMatch(/^2 of 40 /);
  });

  it('names a constant feature', () => {
    const table = { columns: [a, new Float64Array(300).fill(0.1)], labels };
    expect(codes(table, ['a', 'flat'])).toEqual(['constant-feature']);
    expect(messageOf(table, ['a', 'flat'], 'constant-feature')).toMatch(/^flat .*300/);
  });

  it('finds a copied feature and a sum of three, and keeps independent ones out', () => {
    const copy = a.map((value, i) => 5 - 2 * value + (i % 2) / 50);
    expect(messageOf({ columns: [b, a, copy], labels }, ['b', 'a', 'copy'], 'collinear-features')).toMatch(
      /^a and copy say nearly the same \(correlation -1\.000\)/,
    );
    const rest = a.map((value, i) => 100 - value - b[i]!);
    expect(messageOf({ columns: [a, c, b, rest], labels }, ['a', 'c', 'b', 'rest'], 'collinear-features')).toMatch(
      /^a, b and rest depend on each other linearly/,
    );
    const loose = rest.map((value, i) => value + c[i]!);
    expect(codes({ columns: [a, b, loose], labels }, ['a', 'b', 'loose'])).toEqual([]);
  });

  it('keeps two dependent groups apart', () => {
    const [x, y] = syntheticTable(300, 2, 9).columns as [Float64Array, Float64Array];
    const columns = [a, x, b, y, a.map((value, i) => value + b[i]!), x.map((value, i) => 9 - value - 2 * y[i]!)];
    const found = check({ columns, labels }, ['a', 'x', 'b', 'y', 'ab', 'xy']).warnings;
    expect(found.map(({ message }) => message.split(' depend')[0])).toEqual(['a, b and ab', 'x, y and xy']);
  });

  it('takes missing values for the mean, so that they hide nothing', () => {
    const leak = Float64Array.from(labels, (label, i) => (i % 50 === 0 ? NaN : 10 - label * 3 + (i % 10) / 3));
    expect(check({ columns: [a, leak], labels }, ['a', 'leak']).suspicious).toEqual(['leak']);
  });

  it('reports class imbalance below 10 %', () => {
    const rare = (positives: number) => ({ columns: [a], labels: new Uint8Array(300).fill(1, 0, positives) });
    expect(messageOf(rare(29), ['a'], 'class-imbalance')).toMatch(/9\.7 % of 300/);
    expect(codes(rare(30), ['a'])).toEqual([]);
  });

  it('names a feature that gives the label away, in either direction', () => {
    const leak = Float64Array.from(labels, (label, i) => 10 - label * 3 + (i % 10) / 3);
    const found = check({ columns: [a, leak], labels }, ['a', 'leak']);
    expect(found.suspicious).toEqual(['leak']);
    expect(found.warnings).toEqual([
      { code: 'label-leakage', message: expect.stringMatching(/^leak alone .*AUC 0\.9\d\d.*9\d\.\d %/) as string },
    ]);
  });

  it.each([
    ['no rows', { columns: [new Float64Array(0)], labels: new Uint8Array(0) }, /no training rows/],
    ['one class', { columns: [a], labels: new Uint8Array(300) }, /all 300 .* negative/],
    ['few rows of a class', { columns: [a], labels: new Uint8Array(300).fill(1, 0, 4) }, /has 4 .* 5 folds/],
    ['nothing that varies', { columns: [new Float64Array(300)], labels }, /all 1 features are constant/],
  ])('fails on %s', (_, table, message) => {
    expect(() => check(table, ['a'])).toThrow(expect.objectContaining({ type: 'DataContract' }));
    expect(() => check(table, ['a'])).toThrow(message);
  });

  it('says of a feature without any value that it has none', () => {
    const table = { columns: [a, new Float64Array(300).fill(NaN)], labels };
    expect(messageOf(table, ['a', 'empty'], 'constant-feature')).toBe(
      'empty has no value in any of 300 training rows and tells nothing.',
    );
  });

  it('calls no columns dependent only because they outnumber the rows', () => {
    const wide = syntheticTable(160, 400, 3);
    const names = wide.columns.map((_, f) => `c${f}`);
    expect(codes(wide, names)).toEqual(['wide-table']);
    expect(messageOf(wide, names, 'wide-table')).toMatch(/^400 features that vary and 160 training rows/);
    for (const d of [120, 149]) {
      const close = { columns: wide.columns.slice(0, d), labels: wide.labels };
      expect(codes(close, names.slice(0, d))).toEqual([]);
      // A sum among them is found all the same.
      close.columns[d - 1] = wide.columns[0]!.map((value, i) => value + wide.columns[1]![i]!);
      expect(messageOf(close, names.slice(0, d), 'collinear-features')).toMatch(
        new RegExp(`^c0, c1 and c${d - 1} depend`),
      );
    }
  });

  it('counts groups, not their rows, for the folds', () => {
    const grouped = (groups: number) => ({
      columns: [a],
      labels: new Uint8Array(300).fill(1, 0, 20),
      groups: new Int32Array(300).map((_, i) => (i < 20 ? i % groups : i)),
    });
    expect(() => check(grouped(4), ['a'])).toThrow(/has 4 different training rows .* 5 folds/);
    expect(codes(grouped(5), ['a'])).toEqual(['class-imbalance']);
  });

  it('samples large tables: leakage and dependence are still found in 250,000 rows', () => {
    const big = syntheticTable(250_000, 2, 2);
    const [x, y] = big.columns as [Float64Array, Float64Array];
    const sum = x.map((value, i) => value + y[i]!);
    const leak = Float64Array.from(big.labels, (label, i) => label * 3 + (i % 10) / 3);
    const table = { columns: [x, y, sum, leak], labels: big.labels };
    expect(check(table, ['x', 'y', 'sum', 'leak']).suspicious).toEqual(['leak']);
    expect(codes(table, ['x', 'y', 'sum', 'leak'])).toEqual(['collinear-features', 'label-leakage']);
  });

  it('looks at the given rows only', () => {
    const table = { columns: [a], labels: labels.slice() };
    const rows = allRows(300).filter((row) => labels[row] === 0);
    expect(() => checkTrainingRows(table, ['a'], rows, 5)).toThrow(/are negative/);
  });
});

describe('separationOf', () => {
  it('is worked by hand: one of six rows on the wrong side', () => {
    // Positives 1, 2, 4; negatives 3, 5, 6: 8 of 9 pairs in (reverse) order; a cut at 2 or 4 gets 5 of 6 right.
    const values = Float64Array.of(1, 2, 4, 3, 5, 6);
    expect(separationOf(values, Uint8Array.of(1, 1, 1, 0, 0, 0))).toEqual({ auc: 1 - 1 / 9, cutAccuracy: 5 / 6 });
  });
});
