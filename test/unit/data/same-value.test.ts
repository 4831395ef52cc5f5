import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sampleRows } from '../../../src/data/read.js';
import { column, dataset, definition, ingest, ingestFile, labelled, parquet, temporaryFolder } from './fixtures.js';

const only = (changes: Parameters<typeof column>[2] = {}) => definition({ columns: [column('A', 'a', changes)] });

const MISSING = [
  ...['', 'NA', 'N/A', 'n/a', '<NA>', 'NULL', 'null', 'None', 'NaN', 'nan', '-NaN', '?', '-', '--', '.', '#N/A'],
  ...['#NA', '#N/A N/A', '1.#IND', '-1.#QNAN', 'NaT', '.A', '.z', '._', '#NULL!', '#DIV/0!', '\\N', 'n.a.', '\u2014'],
];

describe('a missing value', () => {
  it.each(MISSING)(
    'may be written %j: it is filled where the definition says so, else rejected with its line',
    async (word) => {
      const csv = `A,B,T\n1,1,no\n${word},2, yes\n`;
      const filled = await ingest(csv, { definition: only({ impute: 'median' }) });
      expect(filled.counts).toMatchObject({ rows: 2, rejected: 0 });
      expect([...filled.table.columns[0]!]).toEqual([1, NaN]);
      const refused = await ingest(csv, { definition: only() });
      expect(refused.counts.rejects).toEqual([{ reason: 'missing', column: 'A', rows: 1, lines: [3] }]);
      const label = await ingest(`A,B,T\n1,1,no\n1,2, ${word} \n`, { definition: only() });
      expect(label.counts.rejects).toEqual([{ reason: 'missing-label', column: 'T', rows: 1, lines: [3] }]);
    },
  );

  it('may be any word of dataset.missing, a number by its value', async () => {
    const rules = { ...only({ impute: 'mean' }), dataset: dataset({ missing: [' Unbekannt ', '-999'] }) };
    const { table, counts } = await ingest('A,T\nunbekannt,no\n-999.0,no\n-9.99e2,yes\n3,yes\nUNKNOWN,no\n', {
      definition: rules,
    });
    expect([...table.columns[0]!]).toEqual([NaN, NaN, NaN, 3]);
    expect(counts.rejects).toEqual([{ reason: 'not-a-number', column: 'A', rows: 1, lines: [6] }]);
    const folder = await temporaryFolder();
    const path = await parquet(`SELECT * FROM (VALUES (-999, 'no'), (3, 'yes')) AS t("A", "T")`, folder);
    expect([...(await ingestFile(path, rules, folder)).table.columns[0]!]).toEqual([NaN, 3]);
    const strict = { ...only(), dataset: dataset({ missing: ['-999'] }) };
    expect((await ingestFile(path, strict, folder)).counts.rejects).toMatchObject([{ reason: 'missing', lines: [1] }]);
  });

  it('may be a word of dataset.missing with a line break inside', async () => {
    const rules = { ...only({ impute: 'mean' }), dataset: dataset({ missing: ['not\nmeasured'] }) };
    const { table } = await ingest('A,T\n"not\nmeasured",no\nNot measured,no\n3,yes\n', { definition: rules });
    expect([...table.columns[0]!]).toEqual([NaN, NaN, 3]);
    const folder = await temporaryFolder();
    const path = await parquet(`SELECT * FROM (VALUES (E'Not\\nmeasured', 'no'), ('3', 'yes')) AS t("A", "T")`, folder);
    expect([...(await ingestFile(path, rules, folder)).table.columns[0]!]).toEqual([NaN, 3]);
  });

  it('is no word that the definition takes for a label', async () => {
    const { counts } = await ingest('A,T\n1,-\n2,?\n', { definition: labelled({ '?': 1, '-': 0 }) });
    expect(counts).toMatchObject({ rows: 2, positives: 1 });
  });

  it.each(['DOUBLE', 'FLOAT'])('is NaN in a Parquet column of %s', async (type) => {
    const folder = await temporaryFolder();
    const nan = `CASE WHEN range = 1 THEN 'nan'::${type} ELSE range::${type} END`;
    const path = await parquet(`SELECT ${nan} AS "A", 'no' AS "T" FROM range(3) UNION ALL SELECT 5, 'yes'`, folder);
    const refused = await ingestFile(path, only(), folder);
    expect(refused.counts.rejects).toEqual([{ reason: 'missing', column: 'A', rows: 1, lines: [2] }]);
    const filled = await ingestFile(path, only({ impute: 'mean' }), folder);
    expect([...filled.table.columns[0]!]).toEqual([0, NaN, 2, 5]);
  });
});

describe('a Parquet file', () => {
  const pick = (path: string, source: string, folder: string) =>
    ingestFile(path, definition({ columns: [column(source, 'a')] }), folder);

  it.each(['FLOAT', 'DECIMAL(9, 4)', 'DOUBLE', 'VARCHAR'])(
    'has the numbers of %s that a CSV file would have',
    async (type) => {
      const folder = await temporaryFolder();
      const path = await parquet(`SELECT 0.1::${type} AS "A", 'no' AS "T"`, folder);
      const { table } = await ingestFile(path, only({ range: [0, 0.1] }), folder);
      expect([...table.columns[0]!]).toEqual([0.1]);
    },
  );

  it('with a name twice is refused, and names that differ in case are two', async () => {
    const folder = await temporaryFolder();
    const path = await parquet(`SELECT 1 AS "hB", {'x': 1, 'y': [2]} AS "Nest", 2 AS "other", 'no' AS "T"`, folder);
    expect([...(await pick(path, 'hB', folder)).table.columns[0]!]).toEqual([1]);
    expect([...(await pick(path, 'other', folder)).table.columns[0]!]).toEqual([2]);
    await expect(pick(path, 'Hb', folder)).rejects.toThrow("has no column 'Hb'");
    const two = await parquet(`SELECT 1 AS "Hb", 2 AS "Hx", 'no' AS "T"`, folder);
    await writeFile(two, Buffer.from((await readFile(two)).toString('latin1').replaceAll('Hx', 'Hb'), 'latin1'));
    await expect(pick(two, 'Hb', folder)).rejects.toThrow("names the column 'Hb' twice, as fields 1 and 2");
  });

  it('has rows, no lines', async () => {
    const folder = await temporaryFolder();
    const path = await parquet(`SELECT 1 AS "A", 'no' AS "T" UNION ALL SELECT NULL, 'no'`, folder);
    const strict = { ...only(), dataset: dataset({ maxRejectedShare: 0 }) };
    await expect(ingestFile(path, strict, folder)).rejects.toThrow(/1 missing in 'A' \(row 2\);.*mend these rows/);
  });

  it('may have blank rows, which are none; what another column holds makes a row', async () => {
    const folder = await temporaryFolder();
    const values = `(NULL, NULL, NULL), (1, 'no', NULL), (NULL, ' ', ''), (NULL, NULL, 'x'), (NULL, '', NULL), (2, 'yes', 'y')`;
    const path = await parquet(`SELECT * FROM (VALUES ${values}) AS t("A", "T", "Name")`, folder);
    const { counts } = await ingestFile(path, only(), folder);
    expect(counts).toMatchObject({ rowsRead: 3, rows: 2, rejected: 1 });
    expect(counts.rejects).toEqual([{ reason: 'missing', column: 'A', rows: 1, lines: [4] }]);
  });
});

describe('features of any name', () => {
  const NAMES = ['rowid', 'fault', 's0', 'f1', 'typed', 'file_row_number', 'filename', 'row', 'n0', 'v1', 'blank'];

  it('leave the rows in the order of the source', async () => {
    const folder = await temporaryFolder();
    const rules = definition({
      columns: NAMES.map((name, index) => column(`C${index}`, name, { range: [0, 1e6] })),
    });
    const rows = Array.from({ length: 500 }, (_, row) => NAMES.map((_, index) => (row * 37 * (index + 1)) % 501));
    const csv = `${NAMES.map((_, index) => `C${index}`).join(',')},T\n${rows.map((row) => `${row.join(',')},no\n`).join('')}`;
    const { table, outputPath } = await ingest(csv, { definition: rules, folder });
    expect(NAMES.map((_, index) => [...table.columns[index]!])).toEqual(
      NAMES.map((_, index) => rows.map((row) => row[index])),
    );
    expect(await sampleRows(outputPath, NAMES, 5)).toEqual([0, 100, 200, 300, 400].map((row) => rows[row]));
  });
});

describe('the same table', () => {
  it('gives the same bytes as CSV and as Parquet of any types', async () => {
    const folder = await temporaryFolder();
    const cell = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 100 }), fc.constantFrom(0.5, 12.25, 99.75, 101));
    const rows = fc.array(fc.record({ a: cell, b: cell, t: fc.constantFrom(null, 0, 1) }), {
      minLength: 1,
      maxLength: 20,
    });
    const types = fc.record({
      a: fc.constantFrom('DOUBLE', 'FLOAT', 'DECIMAL(8,2)', 'VARCHAR'),
      t: fc.constantFrom('BIGINT', 'DOUBLE', 'VARCHAR', 'DECIMAL(3,1)', 'BOOLEAN'),
    });
    const word = fc.constantFrom('', 'NA', 'nan', '?', 'NULL');
    const rules = definition({
      columns: [column('A', 'a'), column('B', 'b', { impute: 'mean' })],
      target: { source: 'T', labels: { '1': 1, '0': 0 }, positive: 'p', negative: 'n' },
    });
    await fc.assert(
      fc.asyncProperty(rows, types, word, async (table, { a, t }, missing) => {
        const all = [{ a: 1, b: 1, t: 1 }, ...table];
        const text = (value: number | null) => (value === null ? missing : String(value));
        const csv = ['Id,A,B,T', ...all.map((row, id) => [id, text(row.a), text(row.b), text(row.t)].join(','))].join(
          '\n',
        );
        const fromCsv = await ingest(csv, { definition: rules, folder });
        const bytes = await readFile(fromCsv.outputPath);
        const values = all.map((row, id) => `(${id}, ${row.a ?? 'NULL'}, ${row.b ?? 'NULL'}, ${row.t ?? 'NULL'})`);
        const path = await parquet(
          `SELECT "Id", "A"::${a} AS "A", "B"::DOUBLE AS "B", "T"::${t} AS "T" FROM (VALUES ${values.join(', ')}) AS t("Id", "A", "B", "T")`,
          folder,
        );
        const fromParquet = await ingestFile(path, rules, folder);
        expect((await readFile(fromParquet.outputPath)).equals(bytes)).toBe(true);
        const asRows = fromCsv.counts.rejects.map((reject) => ({
          ...reject,
          lines: reject.lines.map((line) => line - 1),
        }));
        expect(fromParquet.counts).toEqual({ ...fromCsv.counts, rejects: asRows, unit: 'row' });
      }),
      { numRuns: 40 },
    );
  });
});
