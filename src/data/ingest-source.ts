import { join } from 'node:path';
import type { Definition } from '../contracts/definition.js';
import { dataFault, type Remedies, FaultyRows } from './data-fault.js';
import { fileLiteral, identifier, literal, type Database } from './duckdb.js';
import { describeLayout, raggedRemedy, readLayout, repeatRemedy, rewriteCsv } from './csv-table.js';
import { findHeaders, plain, wantedHeaders } from './headers.js';
import { BLANK_ROW, judgeRows } from './typed-rows.js';
import { type ParquetColumn, parquetSource } from './columns.js';
import { trimmed } from './number-style.js';
import { placeOf, type Source } from './source.js';

/** The source, and what is wanted of it. */
export interface LoadOptions {
  source: Source;
  definition: Pick<Definition, 'dataset' | 'columns' | 'target'>;
  /** For a temporary copy of an irregular file. */
  directory: string;
  signal?: AbortSignal | undefined;
}

/** The table `typed` is filled; this says how to speak of its rows. */
export interface LoadedRows {
  /** Line in a CSV file, row number in Parquet, of the row with this `rowid`. */
  lineOf: (rowid: number) => number;
  /** What `lineOf` counts. */
  unit: 'line' | 'row';
  /** Rows that never reached `typed`. */
  ragged: FaultyRows;
  /** Rows whose every field is empty; they count as no rows. */
  blank: number;
  /** What may mend rows of this file that are rejected. */
  remedies: Remedies;
  /** What may mend cells that are no numbers, where `remedies` says nothing; asks all cells again. */
  hints: () => Promise<Remedies>;
  /** How the file was read, where that is not the plain way; each goes on after "was read". */
  reading: string[];
}

/** Reads a CSV or Parquet source into the table `typed`. */
export function loadSource(database: Database, options: LoadOptions): Promise<LoadedRows> {
  return options.source.format === 'parquet' ? loadParquet(database, options) : loadCsv(database, options);
}

async function loadCsv(database: Database, options: LoadOptions): Promise<LoadedRows> {
  const { source, definition } = options;
  const place = placeOf(source);
  const wanted = wantedHeaders(definition);
  const table = await readLayout(
    source.path,
    place,
    wanted.map((header) => (name) => name === header),
    { dialect: definition.dataset.dialect, signal: options.signal },
  );
  const { text, layout, scan } = table;
  const positions = findHeaders(scan.header, wanted, place, `line ${scan.headerLine}`);
  if (scan.records + scan.ragged.rows === 0) throw dataFault(place, 'has a header but no rows; add at least one row');
  const isDirect = scan.regular && text.compression === null && text.encoding === 'utf-8';
  const path = isDirect ? source.path : join(options.directory, 'regular.csv');
  if (!isDirect) {
    const inRecord = positions.map((position) => position + scan.offset);
    await rewriteCsv({ source: text, place, layout, fields: scan.fields, wanted: inRecord, outputPath: path });
  }
  const columnOf = (header: string) => (isDirect ? positions[wanted.indexOf(header)]! : wanted.indexOf(header));
  const fields = isDirect ? scan.fields : wanted.length;
  const columns = Array.from({ length: fields }, (_, index) => `c${index}: 'VARCHAR'`).join(', ');
  const lineBreak = isDirect && scan.lineBreak === '\r\n' ? '\\r\\n' : '\\n';
  const reader = `read_csv(${fileLiteral(path)}, auto_detect = false, header = ${isDirect}, columns = {${columns}},
    delim = ${literal(isDirect ? layout.separator : ',')}, quote = '"', escape = '"', new_line = ${literal(lineBreak)},
    comment = '', compression = 'none', hive_partitioning = false)`;
  const sources = headersInOrder(definition).map((header) => ({ text: `c${columnOf(header)}`, number: null }));
  const judged = await judgeRows(database, definition, sources, reader);
  const [[rows]] = (await database.rows('SELECT count(*)::DOUBLE FROM typed')) as [[number]];
  if (rows !== scan.records) {
    throw dataFault(
      place,
      `was read as ${rows} instead of ${scan.records} records; export the table again as plain CSV`,
    );
  }
  return {
    lineOf: (rowid) => scan.lines.lineOf(rowid),
    unit: 'line',
    ragged: scan.ragged,
    blank: scan.blank,
    remedies: { ...judged.remedies, ...repeatRemedy(scan), ...raggedRemedy(scan) },
    hints: judged.hints,
    reading: [...describeLayout(table, definition.dataset.dialect), ...judged.reading],
  };
}

async function loadParquet(database: Database, options: LoadOptions): Promise<LoadedRows> {
  const { source, definition } = options;
  const place = placeOf(source);
  const reader = `read_parquet(${fileLiteral(source.path)}, hive_partitioning = false)`;
  const columns = await parquetColumns(database, source.path, reader);
  const header = columns.map(({ name }) => name);
  const wanted = wantedHeaders(definition);
  const positions = findHeaders(header, wanted, place, 'its schema');
  const found = (name: string) => columns[positions[wanted.indexOf(plain(name))]!]!;
  const sources = [
    ...definition.columns.map((column) => parquetSource(column, found(column.source), plain(column.source), place)),
    { text: `CAST(${found(definition.target.source).sql} AS VARCHAR)`, number: null },
  ];
  const judged = await judgeRows(database, definition, sources, reader);
  const blank = await markBlankRows(database, definition.columns.length, columns, reader);
  return { lineOf: (rowid) => rowid + 1, unit: 'row', ragged: new FaultyRows(), blank, ...judged };
}

/** Gives rows without any value the fault of a blank row; answers how many there are. The other columns are read only when needed. */
async function markBlankRows(
  database: Database,
  features: number,
  columns: readonly ParquetColumn[],
  reader: string,
): Promise<number> {
  const nothing = Array.from({ length: features }, (_, index) => `f${index} IS NULL`).join(' AND ');
  const [[suspects]] = (await database.rows(
    `SELECT count(*)::DOUBLE FROM typed WHERE label IS NULL AND ${nothing}`,
  )) as [[number]];
  if (suspects === 0) return 0;
  const empty = columns.map(({ sql, type }) =>
    type === 'VARCHAR' ? `coalesce(${trimmed(sql)}, '') = ''` : `${sql} IS NULL`,
  );
  const numbered = `SELECT row_number() OVER () - 1 AS row, ${empty.join(' AND ')} AS blank FROM ${reader}`;
  await database.run(`CREATE TEMP TABLE blank_rows AS SELECT row FROM (${numbered}) WHERE blank`);
  await database.run(`UPDATE typed SET fault = ${BLANK_ROW} WHERE rowid IN (SELECT row FROM blank_rows)`);
  const [[blank]] = (await database.rows('SELECT count(*)::DOUBLE FROM blank_rows')) as [[number]];
  return blank;
}

/**
 * The columns of a Parquet file. DuckDB takes names that differ in case for one and renames all but the first, so the names
 * come from the file's own schema.
 */
async function parquetColumns(database: Database, path: string, reader: string): Promise<ParquetColumn[]> {
  const described = (await database.rows(`DESCRIBE SELECT * FROM ${reader}`)) as [name: string, type: string][];
  const schema = (await database.rows(
    `SELECT name, coalesce(num_children, 0)::INTEGER FROM parquet_schema(${fileLiteral(path)})`,
  )) as [name: string, children: number][];
  const names: string[] = [];
  for (let at = 1; at < schema.length; at = behind(schema, at)) names.push(schema[at]![0]);
  return described.map(([column, type], index) => ({ name: names[index] ?? column, sql: identifier(column), type }));
}

/** Where the next element of the same level is, in a schema that lists every element before its children. */
function behind(schema: readonly [name: string, children: number][], at: number): number {
  let open = 1;
  let next = at;
  for (; open > 0 && next < schema.length; next++) open += schema[next]![1] - 1;
  return next;
}

const headersInOrder = ({ columns, target }: Pick<Definition, 'columns' | 'target'>): string[] =>
  [...columns.map((column) => column.source), target.source].map(plain);
