import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { column, definition, ingestFile, temporaryFolder } from './fixtures.js';

async function parquet(query: string): Promise<{ path: string; folder: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, 'table.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return { path, folder };
}

describe('ingestTable of Parquet', () => {
  it.each([
    ['numbers and text', `(1.5::DOUBLE, 2::INTEGER, 'yes'), (3::DOUBLE, 4::INTEGER, 'No ')`],
    ['text', `('1.5', ' 2', 'yes'), ('3', '4', 'no')`],
    ['decimals', `(1.5::DECIMAL(9,2), 2::UTINYINT, 'yes'), (3::DECIMAL(9,2), 4::UTINYINT, 'no')`],
  ])('reads %s', async (_, values) => {
    const { path, folder } = await parquet(`SELECT * FROM (VALUES ${values}) AS t("A", "B", "T")`);
    const { counts, table } = await ingestFile(path, definition(), folder);
    expect(counts).toMatchObject({ rowsRead: 2, rows: 2, positives: 1, rejected: 0, rejects: [], unit: 'row' });
    expect(table.columns).toEqual([Float64Array.of(1.5, 3), Float64Array.of(2, 4)]);
  });

  it.each([
    ['whole numbers', 'CAST(range % 2 AS INTEGER)', { '1': 1, '0': 0 } as const],
    ['doubles', 'CAST(range % 2 AS DOUBLE)', { '1': 1, '0': 0 } as const],
    ['booleans', 'range % 2 = 1', { true: 1, false: 0 } as const],
  ])('understands labels that are %s', async (_, sql, labels) => {
    const { path, folder } = await parquet(`SELECT 1.0 AS "A", ${sql} AS "T" FROM range(5)`);
    const target = { source: 'T', labels, positive: 'p', negative: 'n' };
    const { counts, table } = await ingestFile(path, definition({ columns: [column('A', 'a')], target }), folder);
    expect(counts).toMatchObject({ rows: 5, positives: 2, rejected: 0 });
    expect([...table.labels]).toEqual([0, 1, 0, 1, 0]);
  });

  it.each([
    ['TIMESTAMP', `TIMESTAMP '2026-03-01 12:00:00'`, 'write a number, such as days since a fixed day'],
    ['TIMESTAMP WITH TIME ZONE', `TIMESTAMPTZ '2026-03-01 12:00:00+00'`, 'such as days since a fixed day'],
    ['DATE', `DATE '2026-03-01'`, 'such as days since a fixed day'],
    ['TIME', `TIME '12:00:00'`, 'write a number, such as seconds'],
    ['INTERVAL', `INTERVAL 3 DAY`, 'write a number, such as seconds'],
    ['BOOLEAN', 'true', 'write 0 and 1'],
    ['LIST', '[1, 2]', 'write one number in each row'],
    ['LIST', `[{'secret': 1}]`, 'write one number in each row'],
    ['STRUCT', `{'secret': 1}`, 'write one number in each row'],
    ['MAP', `MAP {'secret': 1}`, 'write one number in each row'],
    ['UUID', `'00000000-0000-0000-0000-00000000abcd'::UUID`, 'write one number in each row'],
  ])('refuses a feature of type %s as a whole (%s)', async (type, sql, remedy) => {
    const { path, folder } = await parquet(`SELECT 1 AS "A", ${sql} AS "B", 'no' AS "T" FROM range(3)`);
    const message = await ingestFile(path, definition(), folder).then(String, String);
    expect(message).toContain(`table.parquet: the column 'B' is of type ${type}, not of numbers; `);
    expect(message).toContain(`${remedy}, or leave it out of columns`);
    expect(message).not.toMatch(/2026|12:00|secret|abcd|not-a-number|dataset\.missing/);
    const without = definition({ columns: [column('A', 'a')] });
    expect((await ingestFile(path, without, folder)).counts).toMatchObject({ rows: 3, rejected: 0 });
  });

  it.each(['FLOAT', 'DOUBLE', 'HUGEINT', 'UHUGEINT', 'UBIGINT', 'DECIMAL(38, 0)', 'VARCHAR', 'JSON', 'ENUM'])(
    'takes a feature of type %s',
    async (type) => {
      const cell = type === 'ENUM' ? `'7'::ENUM('7', '8')` : type === 'JSON' ? `'7'::JSON` : `7::${type}`;
      const { path, folder } = await parquet(`SELECT 1 AS "A", ${cell} AS "B", 'no' AS "T"`);
      expect((await ingestFile(path, definition(), folder)).table.columns[1]).toEqual(Float64Array.of(7));
    },
  );

  it('takes a feature of bytes, and one of no value at all where it is filled', async () => {
    const { path, folder } = await parquet(`SELECT '7'::BLOB AS "A", NULL AS "B", 'no' AS "T"`);
    const rules = definition({ columns: [column('A', 'a'), column('B', 'b', { impute: 'median' })] });
    expect((await ingestFile(path, rules, folder)).table.columns).toEqual([Float64Array.of(7), Float64Array.of(NaN)]);
  });

  it('rejects by row number', async () => {
    const rows = `(1, 1, 'no'), (NULL, 1, 'no'), ('nan'::DOUBLE, 1, 'no'), (1, 101, 'no'), (1, 1, NULL), (1, 1, 'maybe'), ('inf'::DOUBLE, 1, 'no')`;
    const { path, folder } = await parquet(`SELECT * FROM (VALUES ${rows}) AS t("A", "B", "T")`);
    const { counts } = await ingestFile(path, definition(), folder);
    expect(counts).toMatchObject({ rowsRead: 7, rows: 1, rejected: 6 });
    expect(counts.rejects).toEqual([
      { reason: 'missing', column: 'A', rows: 2, lines: [2, 3] },
      { reason: 'not-finite', column: 'A', rows: 1, lines: [7] },
      { reason: 'out-of-range', column: 'B', rows: 1, lines: [4] },
      { reason: 'missing-label', column: 'T', rows: 1, lines: [5] },
      { reason: 'unknown-label', column: 'T', rows: 1, lines: [6] },
    ]);
  });

  it.each([
    ['a missing column', `SELECT 1 AS "A", 'no' AS "T"`, "has no column 'B'"],
    ['no rows', `SELECT 1 AS "A", 1 AS "B", 'no' AS "T" WHERE false`, 'has no rows'],
  ])('refuses %s', async (_, query, message) => {
    const { path, folder } = await parquet(query);
    await expect(ingestFile(path, definition(), folder)).rejects.toThrow(message);
  });
});
