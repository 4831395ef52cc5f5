import { readFile } from 'node:fs/promises';
import { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import { keptRows, typingStatement } from '../../../src/data/typed-rows.js';
import { PLAIN_NUMBERS } from '../../../src/data/number-style.js';
import { exampleOf } from '../activities/inputs/examples.js';
import { column, dataset, ingest, type IngestDefinition, temporaryFolder } from './fixtures.js';

/** Letters that end quotes, begin comments and statements, and others. */
const hostile = fc
  .tuple(
    fc.string({ maxLength: 5 }),
    fc.constantFrom("'", '"', ';', '--', '/*', '*/', '\\', '$$', "''", "' END; COPY (SELECT 1) TO '/tmp/x", '\n', '{}'),
    fc.string({ maxLength: 5 }),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '');

/** A file with line breaks in its fields is read in another way. */
const inOneLine = hostile.filter((text) => !text.includes('\n'));

/**
 * A statement without what is quoted in it, as DuckDB reads quotes: what remains is its structure. A label or a word for a
 * missing value with a line break is compared with and without it, so equal neighbours in a list of them count as one.
 */
const structureOf = (sql: string): string =>
  sql
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => (quoted.startsWith("'") ? "''" : '""'))
    .replace(/\s+/g, ' ')
    .replace(/( WHEN lower\(''\) THEN [01])\1+/g, '$1')
    .replace(/lower\(''\)(?:, lower\(''\))+/g, "lower('')");

/** All statements that a definition decides on. */
const statements = (definition: Definition): string[] => {
  const sources = [...definition.columns, definition.target].map((_, index) => ({ text: `c${index}`, number: null }));
  return [typingStatement({ definition, numbers: PLAIN_NUMBERS }, sources, 'read_csv()'), keptRows(definition.columns)];
};

const { definition } = exampleOf('ingestDataset') as { definition: Definition };

/** The definition with every text in it replaced, spellings of labels too; numbers by other numbers. */
function replaced<T>(value: T, text: () => string, number: () => number, key = ''): T {
  if (typeof value === 'string') return text() as T;
  if (typeof value === 'number') return (key === 'labels' ? value : number()) as T;
  if (Array.isArray(value)) return value.map((inner) => replaced(inner as unknown, text, number, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      key === 'labels' ? text() : name,
      replaced(inner as unknown, text, number, key === 'labels' ? key : name),
    ]),
  ) as T;
}

describe('SQL of a definition', () => {
  it('has the same structure whatever its texts and numbers are', () => {
    // As many labels and words as the example has, none equal to another: their number is part of the structure.
    const unlike = { ...definition, dataset: { ...definition.dataset, missing: ['gone'] } };
    const plain = replaced(unlike, counting('text'), () => 1);
    const expected = statements(plain).map(structureOf);
    fc.assert(
      fc.property(hostile, fc.double({ noNaN: true, noDefaultInfinity: true }), (text, number) => {
        const other = replaced(unlike, counting(text), () => number);
        expect(statements(other).map(structureOf)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('has it in every statement that the database of a real run is told, with the same rows kept', async () => {
    const prepare = vi.spyOn(DuckDBConnection.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    /** The definition of two columns and a target, and a table of it with faults of several kinds. */
    const run = async (text: () => string, bound: number) => {
      const [a, b, target, yes, no, gone] = [text(), text(), text(), text(), text(), text()];
      const rules: IngestDefinition = {
        dataset: dataset({ missing: [gone], dialect: { separator: ',', decimal: '.', encoding: 'utf-8' } }),
        columns: [
          column(a, text(), { unit: text(), range: [-bound, bound] }),
          column(b, text(), { range: [-bound, bound], impute: 'median' }),
        ],
        target: { source: target, labels: { [yes]: 1, [no]: 0 }, positive: text(), negative: text() },
      };
      const rows = [
        [a, b, target],
        ['1', '2', yes],
        ['3', gone, no],
        ['4', '5', 'else'],
        ['x', '6', no],
        ['', '7', yes],
      ];
      const csv = rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
      prepare.mockClear();
      const folder = await temporaryFolder();
      const { counts, outputPath } = await ingest(`${csv}\n`, { definition: rules, folder });
      const { rowsRead, rows: kept, positives, rejected } = counts;
      expect((await readFile(outputPath)).length).toBeGreaterThan(0);
      return {
        statements: prepare.mock.calls.map(([sql]) => structureOf(sql)),
        kept: { rowsRead, kept, positives, rejected },
      };
    };
    const plain = await run(counting('text'), 10);
    expect(plain.kept).toEqual({ rowsRead: 5, kept: 2, positives: 1, rejected: 3 });
    // Settings, the table, its counts and rejects, and the file; then what reads it back.
    expect(plain.statements.length).toBeGreaterThan(8);
    await fc.assert(
      fc.asyncProperty(inOneLine, fc.double({ min: 10, noNaN: true, noDefaultInfinity: true }), async (text, bound) => {
        expect(await run(counting(text), bound)).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });
});

/** The same text with a number behind it, another one each time. */
function counting(text: string): () => string {
  let count = 0;
  return () => `${text}x${++count}x`;
}
