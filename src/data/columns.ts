import type { ColumnDefinition } from '../contracts/definition.js';
import type { RejectReason } from '../contracts/vocabulary.js';
import { dataFault } from './data-fault.js';
import { identifier, literal } from './duckdb.js';
import { double, numberOf, type NumberStyle, trimmed } from './number-style.js';
import { INVALID_FIELD, type MissingWords } from './spellings.js';

/*
 * What the type of a column decides on its way from the source into the data set and out of it again, as SQL. Numbers are the
 * only type yet.
 */

/** What a cell can be rejected for. */
export type CellFault = Exclude<RejectReason, 'ragged'>;

/**
 * All that the table `typed` asks of a column, as SQL over its cells: `s<index>` is the text of the source, `n<index>` its number
 * where the source has numbers.
 */
export interface ColumnSql {
  /** What a cell says, `v<index>` from then on; NULL where that is nothing of the type. */
  value: string;
  /** What is written, `f<index>` from then on: the value, NULL where it is missing. */
  kept: string;
  /** Whether a cell is good; NULL or false where `faults` have to be looked at. */
  isGood: string;
  /** What can be wrong, in the order in which it is asked. */
  faults: [reason: CellFault, sql: string][];
}

/** A column of numbers: DOUBLE within a range. */
export function columnSql(
  { range, impute }: ColumnDefinition,
  index: number,
  cells: { isNative: boolean; style: NumberStyle; missing: MissingWords },
): ColumnSql {
  const [text, value, kept] = [`s${index}`, `v${index}`, `f${index}`];
  const { isNative, style, missing } = cells;
  const isGood = `${kept} BETWEEN ${double(range[0])} AND ${double(range[1])}`;
  const isMissing = `((${value} IS NULL AND ${isMissingText(text, missing)}) OR coalesce(${isMissingNumber(value, missing)}, false))`;
  return {
    value: isNative ? `n${index}` : numberOf(text, style),
    kept: `CASE WHEN ${isMissingNumber(value, missing)} THEN NULL ELSE ${value} END`,
    isGood,
    faults: [
      ['invalid-encoding', `${text} = ${literal(INVALID_FIELD)}`],
      ...(impute === 'none' ? [['missing', isMissing] satisfies [CellFault, string]] : []),
      ['not-a-number', `${kept} IS NULL AND NOT ${isMissing}`],
      ['not-finite', `NOT isfinite(${kept})`],
      ['out-of-range', `NOT (${isGood})`],
    ],
  };
}

/** SQL of whether a number stands for a missing value. NaN is asked for by a function: DuckDB would answer a comparison from Parquet statistics, which leave NaN out. */
export function isMissingNumber(value: string, { numbers }: MissingWords): string {
  const own = numbers.length === 0 ? '' : ` OR ${isOneOf(value, numbers.map(double))}`;
  return `isnan(${value})${own}`;
}

/** SQL of whether a cell's text stands for a missing value; its number is asked for apart. */
export const isMissingText = (text: string, { words }: MissingWords): string =>
  isOneOf(
    `lower(coalesce(${trimmed(text)}, ''))`,
    words.map((word) => `lower(${literal(word)})`),
  );

/** `IN` a long list would become a join, asked of every row and in any order. */
const isOneOf = (value: string, constants: string[]): string => `list_contains([${constants.join(', ')}], ${value})`;

/**
 * Types whose every value is a double. Others go the way of text: 0.1 as a FLOAT or a DECIMAL is the 0.1 that a CSV file
 * would have, not the nearest double of its bits.
 */
const NATIVE = /^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|DOUBLE)$/;

/** Types whose values may spell a number. */
const READABLE = /^(FLOAT|DECIMAL\(\d+,\s*\d+\)|U?HUGEINT|VARCHAR|JSON|BLOB|"NULL")$/;

/**
 * Refuses a column of a Parquet file whose values cannot spell numbers.
 * @param type DuckDB's name of its type
 * @throws DataContract naming the type, but not the fields within it
 */
function requireNumbers(type: string, name: string, place: string): void {
  if (NATIVE.test(type) || READABLE.test(type)) return;
  const kind = type.endsWith(']') ? 'LIST' : type.replace(/\(.*/s, '');
  const remedy =
    kind === 'BOOLEAN'
      ? 'write 0 and 1'
      : /^(TIMESTAMP|DATE)/.test(kind)
        ? 'write a number, such as days since a fixed day'
        : /^(TIME|INTERVAL)/.test(kind)
          ? 'write a number, such as seconds'
          : 'write one number in each row';
  throw dataFault(
    place,
    `the column '${name}' is of type ${kind}, not of numbers; ${remedy}, or leave it out of columns`,
  );
}

/** Where the text and, for numeric Parquet columns, the number of a source column are found in SQL. */
export interface SourceColumn {
  /** VARCHAR expression. */
  text: string;
  /** DOUBLE expression when the column is numeric already, otherwise `null`. */
  number: string | null;
}

/** A column of a Parquet file. */
export interface ParquetColumn {
  /** As the file has it. */
  name: string;
  /** Expression that reads it. */
  sql: string;
  /** DuckDB's name of its type. */
  type: string;
}

/**
 * How a column of a Parquet file is read: as a double where every value of its type is one, otherwise by way of text.
 * @param name as messages say it
 * @throws DataContract when no value of its type can be one of the column
 */
export function parquetSource(
  _: ColumnDefinition,
  { sql, type }: ParquetColumn,
  name: string,
  place: string,
): SourceColumn {
  requireNumbers(type, name, place);
  return { text: `CAST(${sql} AS VARCHAR)`, number: NATIVE.test(type) ? `CAST(${sql} AS DOUBLE)` : null };
}

/** SQL of the cells whose style of writing numbers is in question. @param sources of the columns, in their order */
export const numberTexts = (columns: readonly ColumnDefinition[], sources: readonly SourceColumn[]): string[] =>
  columns.flatMap((_, index) => (sources[index]!.number === null ? [sources[index]!.text] : []));

/** SQL of a column of the data set as the numbers that learners see, NaN where missing. */
export const storedNumber = (name: string): string => `coalesce(${storedField(name)}, 'nan'::DOUBLE)`;

/** SQL of a column of the data set as a request would have it, NULL where missing. */
export const storedField = (name: string): string => `${identifier(name)}::DOUBLE`;
