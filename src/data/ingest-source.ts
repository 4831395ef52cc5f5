import { join } from 'node:path';
import type { Definition } from '../contracts/definition.js';
import { broken } from './broken.js';
import { fileLiteral, identifier, literal, type Database } from './duckdb.js';
import { findHeaders, wantedHeaders } from './headers.js';
import { typingStatement, type SourceColumn } from './ingest-sql.js';
import { rewriteCsv } from './rewrite.js';
import { scanCsv } from './scan.js';
import { placeOf, type Source } from './source.js';
import { Tally } from './tally.js';

export interface LoadOptions {
  source: Source;
  definition: Pick<Definition, 'columns' | 'target'>;
  /** For a temporary copy of an irregular file. */
  directory: string;
  signal?: AbortSignal | undefined;
}

/** The table `typed` is filled; this says how to speak of its rows. */
export interface LoadedRows {
  /** Line in a CSV file, row number in Parquet, of the row with this `rowid`. */
  lineOf: (rowid: number) => number;
  /** Rows that never reached `typed`. */
  ragged: Tally;
}

const NUMERIC =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DECIMAL.*)$/;
const FLOATING = /^(FLOAT|DOUBLE|DECIMAL.*)$/;

/** Reads a CSV or Parquet source into the table `typed`. */
export function loadSource(database: Database, options: LoadOptions): Promise<LoadedRows> {
  return options.source.format === 'parquet' ? loadParquet(database, options) : loadCsv(database, options);
}

async function loadCsv(database: Database, options: LoadOptions): Promise<LoadedRows> {
  const { source, definition, signal } = options;
  const place = placeOf(source);
  const scan = await scanCsv(source.path, place, signal);
  const wanted = wantedHeaders(definition);
  const positions = findHeaders(scan.header, wanted, place);
  if (scan.records + scan.ragged.rows === 0) throw broken(place, 'has a header but no rows; add at least one row');
  let path = source.path;
  let fields = scan.header.length;
  let columnOf = (header: string) => positions[wanted.indexOf(header)]!;
  if (!scan.regular) {
    path = join(options.directory, 'regular.csv');
    await rewriteCsv({ path: source.path, place, fields, wanted: positions, outputPath: path, signal });
    fields = wanted.length;
    columnOf = (header) => wanted.indexOf(header);
  }
  const columns = Array.from({ length: fields }, (_, index) => `c${index}: 'VARCHAR'`).join(', ');
  const lineBreak = scan.regular && scan.lineBreak === '\r\n' ? '\\r\\n' : '\\n';
  const reader = `read_csv(${fileLiteral(path)}, auto_detect = false, header = ${scan.regular}, columns = {${columns}},
    delim = ',', quote = '"', escape = '"', new_line = ${literal(lineBreak)}, comment = '', compression = 'none',
    hive_partitioning = false)`;
  const sources = headersInOrder(definition).map((header) => ({ text: `c${columnOf(header)}`, number: null }));
  await database.run(typingStatement(definition, sources, reader));
  const [[rows]] = (await database.rows('SELECT count(*)::DOUBLE FROM typed')) as [[number]];
  if (rows !== scan.records) {
    throw broken(place, `was read as ${rows} instead of ${scan.records} records; export the table again as plain CSV`);
  }
  return { lineOf: (rowid) => scan.lines.lineOf(rowid), ragged: scan.ragged };
}

async function loadParquet(database: Database, options: LoadOptions): Promise<LoadedRows> {
  const { source, definition } = options;
  const place = placeOf(source);
  const reader = `read_parquet(${fileLiteral(source.path)}, hive_partitioning = false)`;
  const described = (await database.rows(`DESCRIBE SELECT * FROM ${reader}`)) as [name: string, type: string][];
  const header = described.map(([name]) => name);
  const wanted = wantedHeaders(definition);
  const positions = findHeaders(header, wanted, place);
  const sources = headersInOrder(definition).map((name, index) => {
    const [column, type] = described[positions[wanted.indexOf(name)]!]!;
    return parquetColumn(column, type, index === definition.columns.length);
  });
  await database.run(typingStatement(definition, sources, reader));
  return { lineOf: (rowid) => rowid + 1, ragged: new Tally() };
}

/** A whole number of a floating column is a label without its `.0`. */
function parquetColumn(column: string, type: string, isTarget: boolean): SourceColumn {
  const name = identifier(column);
  const plain = `CAST(${name} AS VARCHAR)`;
  if (isTarget && FLOATING.test(type)) {
    return {
      text: `coalesce(CAST(CASE WHEN ${name} = trunc(${name}) THEN TRY_CAST(${name} AS BIGINT) END AS VARCHAR), ${plain})`,
      number: null,
    };
  }
  return { text: plain, number: !isTarget && NUMERIC.test(type) ? `CAST(${name} AS DOUBLE)` : null };
}

const headersInOrder = ({ columns, target }: Pick<Definition, 'columns' | 'target'>): string[] =>
  [...columns.map((column) => column.source), target.source].map((header) => header.trim());
