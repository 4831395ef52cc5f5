import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FIELD_ERRORS, MAX_ROWS, readInputs } from '../../../src/serving/request.js';
import type { RequestError } from '../../../src/serving/request-error.js';
import { FEATURES } from '../model/models.js';

const good = { r: 43, g: 30, hb: 10 };
const columns = (payload: unknown): number[][] => {
  const outcome = readInputs(FEATURES, payload);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value.columns.map((column) => Array.from(column));
};
const error = (payload: unknown): RequestError => {
  const outcome = readInputs(FEATURES, payload);
  if (outcome.ok) throw new Error('accepted');
  return outcome.error;
};

describe('readInputs', () => {
  it('reads one row in feature order', () => {
    expect(columns({ hb: 10, g: 30, r: 43 })).toEqual([[43], [30], [10]]);
    expect(readInputs(FEATURES, good)).toMatchObject({ ok: true, value: { rows: 1, batch: false } });
  });

  it.each<[string, unknown]>([
    ['instances of objects', { instances: [good, { r: 1, g: 2, hb: null }] }],
    [
      'instances of lists',
      {
        instances: [
          [43, 30, 10],
          [1, 2, null],
        ],
      },
    ],
    ['dataframe_records', { dataframe_records: [good, { g: 2, r: 1, hb: null }] }],
    [
      'dataframe_split',
      {
        dataframe_split: {
          index: [0, 1],
          columns: ['g', 'hb', 'r'],
          data: [
            [30, 10, 43],
            [2, null, 1],
          ],
        },
      },
    ],
  ])('reads %s', (_, payload) => {
    expect(columns(payload)).toEqual([
      [43, 1],
      [30, 2],
      [10, NaN],
    ]);
    expect(readInputs(FEATURES, payload)).toMatchObject({ ok: true, value: { rows: 2, batch: true } });
  });

  it.each<[string, unknown, object]>([
    ['a missing field', { g: 30, hb: 1 }, { field: 'r', message: 'is missing; send a number.' }],
    [
      'a missing field that may be null',
      { r: 1, g: 30 },
      { field: 'hb', message: 'is missing; send a number, or null when it was not measured.' },
    ],
    [
      'null for a required field',
      { ...good, r: null },
      { field: 'r', message: 'is null, but this feature is required; send a number.' },
    ],
    ['a number as text', { ...good, r: '43' }, { field: 'r', message: 'is text, not a number.' }],
    ['a list', { ...good, r: [43] }, { field: 'r', message: 'is a list, not a number.' }],
    ['a boolean', { ...good, r: true }, { field: 'r', message: 'is of type boolean, not a number.' }],
    ['infinity', { ...good, r: JSON.parse('1e999') as number }, { field: 'r', message: 'is not a finite number.' }],
    ['a value out of range', { ...good, hb: 25.1 }, { field: 'hb', message: 'is outside 1 to 25 g/dL.' }],
    [
      'an extra field near a known one',
      { ...good, hbb: 3 },
      { field: 'hbb', message: 'is not a feature; did you mean hb?' },
    ],
    [
      'an extra field',
      { ...good, name: 'x' },
      { field: 'name', message: 'is not a feature; the model knows r, g, hb.' },
    ],
    [
      'an extra field that may be data',
      { ...good, 'Jane <Doe>': 1 },
      { field: '(name not shown)', message: 'is not a feature; the model knows r, g, hb.' },
    ],
    ['an inherited name', JSON.parse('{"r":1,"g":2,"hb":3,"__proto__":{"r":1}}'), { field: '__proto__' }],
  ])('names %s', (_, payload, field) => {
    expect(error(payload)).toMatchObject({
      type: 'InvalidInput',
      message: 'The input has 1 error; nothing was scored.',
      fields: [field],
    });
  });

  it('names the row in a batch', () => {
    expect(error({ instances: [good, { ...good, r: -1 }, 5] }).fields).toEqual([
      { row: 1, field: 'r', reason: 'out-of-range', message: 'is outside 0 to 100 %.' },
      {
        row: 2,
        field: 'row',
        reason: 'wrong-shape',
        message: 'is not an object with one number per feature.',
      },
    ]);
    expect(
      error({
        instances: [
          [1, 2, 3],
          [1, 2],
        ],
      }).fields,
    ).toEqual([{ row: 1, field: 'instances', reason: 'wrong-shape', message: 'is not a list of 3 values.' }]);
    expect(error({ dataframe_split: { columns: ['r', 'g', 'h'], data: [] } }).fields.map(({ field }) => field)).toEqual(
      ['h', 'hb'],
    );
  });

  it.each<[unknown, RegExp]>([
    [null, /not a JSON object/],
    [[1, 2, 3], /not a JSON object/],
    [{ instances: {} }, /instances is not a list/],
    [{ instances: [], params: {} }, /instances and nothing else, but 2 keys/],
    [{ dataframe_split: [] }, /needs the lists columns and data/],
    [{ dataframe_split: { columns: ['r', 'r', 'g'], data: [] } }, /name every column once/],
  ])('refuses the shape of %j', (payload, message) => expect(error(payload).message).toMatch(message));

  it('bounds rows and listed errors', () => {
    const rows = (count: number) => ({ instances: Array.from({ length: count }, () => good) });
    expect(readInputs(FEATURES, rows(MAX_ROWS)).ok).toBe(true);
    expect(error(rows(MAX_ROWS + 1))).toEqual({
      type: 'TooLarge',
      message: expect.stringMatching(/10001 rows, at most 10000/) as string,
      fields: [],
    });
    const many = error({ instances: Array.from({ length: 1000 }, () => ({})) });
    expect(many.fields).toHaveLength(MAX_FIELD_ERRORS);
    expect(many.message).toBe('The input has 3000 errors, the first 100 are listed; nothing was scored.');
  });

  it('never throws and never repeats a value', () => {
    const secret = 'SECRET<>7731';
    const leaf = fc.constantFrom<unknown>(
      secret,
      { [secret]: secret },
      [secret],
      7731,
      null,
      -7731,
      {},
      [],
      [[secret]],
    );
    const fields = fc.dictionary(
      fc.constantFrom('r', 'g', 'hb', 'R', secret, 'instances', 'dataframe_split', '__proto__'),
      fc.oneof(leaf, fc.jsonValue()),
    );
    const payload = fc.oneof(
      fields,
      fc.record({ instances: fc.array(fc.oneof(fields, leaf)) }),
      fc.record({ dataframe_records: fc.array(fc.oneof(fields, leaf)) }),
      fc.record({
        dataframe_split: fc.record({
          columns: fc.array(fc.oneof(leaf, fc.constantFrom('r', 'g', 'hb'))),
          data: fc.array(leaf),
        }),
      }),
    );
    fc.assert(
      fc.property(payload, (input) => {
        const outcome = readInputs(FEATURES, input);
        if (outcome.ok) return;
        const text = JSON.stringify(outcome.error);
        expect(text).not.toContain(secret);
        expect(text).not.toContain('7731');
      }),
      { numRuns: 500 },
    );
  });
});

describe('requests that are made to cost', () => {
  /** Milliseconds of processor time that reading takes. */
  const cost = (payload: unknown): number => {
    const before = process.cpuUsage();
    readInputs(MANY, payload);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  /** As many features as a wide table has, with names that are compared. */
  const MANY = Array.from({ length: 400 }, (_, i) => ({ ...FEATURES[0]!, name: `measurement_of_column_number_${i}` }));
  const names = (count: number) => Array.from({ length: count }, (_, i) => `measurement_of_kolumn_nummer_${i}`);
  /** Half a megabyte took 42 s before; this is generous on any machine. */
  const LIMIT_MS = 3000;

  it.each<[string, unknown]>([
    ['a row of unknown names', Object.fromEntries(names(15_000).map((name) => [name, 1]))],
    ['a table of unknown columns', { dataframe_split: { columns: names(15_000), data: [] } }],
    [
      'many rows of unknown names',
      { instances: names(900).map(() => Object.fromEntries(names(800).map((n) => [n, 1]))) },
    ],
    ['rows that are no rows', { instances: Array.from({ length: 10_000 }, () => 'x') }],
    ['one long name', { ['x'.repeat(2_000_000)]: 1 }],
    ['long names', Object.fromEntries(names(800).map((name) => [name.repeat(300), 1]))],
    ['deep JSON', JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)],
    ['deep JSON in a row', { instances: [JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)] }],
    ['a huge list', { instances: Array.from({ length: 1_000_000 }, () => 1) }],
  ])('are refused at once: %s', (_, payload) => {
    expect(readInputs(MANY, payload).ok).toBe(false);
    expect(cost(payload)).toBeLessThan(LIMIT_MS);
  });

  it('are told what is wrong without a list of every name', () => {
    const row = Object.fromEntries(names(15_000).map((name) => [name, 1]));
    expect(error(row)).toMatchObject({
      type: 'InvalidInput',
      fields: [
        {
          field: 'row',
          reason: 'wrong-shape',
          message: 'has 15000 names where the model has 3 features; send these and no others.',
        },
      ],
    });
    expect(error({ dataframe_split: { columns: names(15_000), data: [] } }).fields).toHaveLength(1);
    expect(error({ instances: [row, { ...good, R: 1 }] }).fields).toMatchObject([
      { row: 0, field: 'row' },
      { row: 1, field: 'R', message: 'is not a feature; did you mean r?' },
    ]);
  });

  it('counts every error, and compares names only where a hint is listed', () => {
    const row = { ...good, ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`g${i}`, 1])) };
    const { message, fields } = error({ instances: [row, row, row] });
    expect(message).toContain('180 errors, the first 100 are listed');
    expect(fields).toHaveLength(MAX_FIELD_ERRORS);
  });
});
