import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { RejectReason } from '../contracts/results.js';
import { identifier, literal } from './duckdb.js';
import { INVALID_FIELD } from './rewrite.js';

/** What a cell can be rejected for; its position is part of the fault code. */
const CELL_REASONS = [
  'invalid-encoding',
  'missing',
  'not-a-number',
  'not-finite',
  'out-of-range',
  'missing-label',
  'unknown-label',
] as const satisfies readonly RejectReason[];

type CellReason = (typeof CELL_REASONS)[number];

/** White space that `String.prototype.trim` removes, as far as it is met in tables. */
const WHITE_SPACE = [9, 10, 11, 12, 13, 32, 0xa0, 0xfeff].map((code) => `chr(${code})`).join(' || ');

/** Where the text and, for numeric Parquet columns, the number of a source column are found in SQL. */
export interface SourceColumn {
  /** VARCHAR expression. */
  text: string;
  /** DOUBLE expression when the column is numeric already, otherwise `null`. */
  number: string | null;
}

/** Number of a fault, 0 for a good row: column position and reason. The target stands behind the features. */
const faultCode = (column: number, reason: CellReason) =>
  1 + column * CELL_REASONS.length + CELL_REASONS.indexOf(reason);

/** The inverse of the fault codes in the `fault` column. */
export function decodeFault(code: number): { column: number; reason: CellReason } {
  const column = Math.floor((code - 1) / CELL_REASONS.length);
  return { column, reason: CELL_REASONS[(code - 1) % CELL_REASONS.length]! };
}

/**
 * The statement that reads, types and judges every row into the table `typed`: `f0, f1, ...` DOUBLE, `label` UTINYINT,
 * `fault` INTEGER. `rowid` is the row's position in the source.
 * @param sources The columns of the definition, in order, then the target.
 * @param from Table function that reads the source.
 */
export function typingStatement(
  definition: Pick<Definition, 'columns' | 'target'>,
  sources: readonly SourceColumn[],
  from: string,
): string {
  const { columns } = definition;
  const texts = sources.map((source, index) => `${source.text} AS s${index}`);
  const natives = sources.flatMap((source, index) => (source.number === null ? [] : [`${source.number} AS n${index}`]));
  const numbers = columns.map((_, index) => (sources[index]!.number === null ? parsed(`s${index}`) : `n${index}`));
  const names = columns.map((_, index) => `f${index}`);
  const inRange = columns.map(({ range }, index) => `f${index} BETWEEN ${double(range[0])} AND ${double(range[1])}`);
  return `CREATE TEMP TABLE typed AS
    WITH source AS (SELECT ${[...texts, ...natives].join(', ')} FROM ${from}),
    parsed AS (SELECT *, ${numbers.map((sql, index) => `${sql} AS f${index}`).join(', ')},
      ${labelOf(definition.target.labels, `s${columns.length}`)} AS label FROM source)
    SELECT ${names.join(', ')}, label,
      CASE WHEN ${[...inRange, 'label IS NOT NULL'].join(' AND ')} THEN 0 ELSE (CASE
        ${columns.map((column, index) => featureFaults(column, index, inRange[index]!)).join('\n')}
        ${targetFaults(columns.length)} ELSE 0 END) END::INTEGER AS fault
    FROM parsed`;
}

/**
 * The good rows of `typed`, in source order, under the names of the definition. The table is in that order already;
 * sorting packs the rows anew, so that what is written does not depend on how many threads filled the table.
 */
export function keptRows(columns: Definition['columns']): string {
  const features = columns.map((column, index) => `f${index} AS ${identifier(column.name)}`);
  return `SELECT ${[...features, 'label'].join(', ')} FROM typed WHERE fault = 0 ORDER BY rowid`;
}

/** DuckDB reads `1_000` and `+-5` as numbers; nobody else does. The second try is for white space beyond ASCII. */
function parsed(text: string): string {
  return `CASE WHEN contains(${text}, '_') OR starts_with(ltrim(${text}), '+-') THEN NULL ELSE
    coalesce(try_cast(${text} AS DOUBLE), try_cast(${trimmed(text)} AS DOUBLE)) END`;
}

const trimmed = (text: string) => `trim(${text}, ${WHITE_SPACE})`;
const double = (value: number) => `${literal(String(value))}::DOUBLE`;

function labelOf(labels: Record<string, 0 | 1>, text: string): string {
  const classes = new Map<string, 0 | 1>();
  for (const [spelling, label] of Object.entries(labels)) {
    const plain = spelling.trim().toLowerCase();
    if (classes.has(plain) && classes.get(plain) !== label) {
      throw new PipelineFailure(
        'DefinitionInvalid',
        'target.labels: spellings that differ only in case or white space must have one class; correct the definition',
      );
    }
    classes.set(plain, label);
  }
  const exact = Object.entries(labels).map(([spelling, label]) => `WHEN ${literal(spelling)} THEN ${label}`);
  const plain = [...classes].map(([spelling, label]) => `WHEN lower(${literal(spelling)}) THEN ${label}`);
  return `coalesce(CASE ${text} ${exact.join(' ')} END,
    CASE lower(${trimmed(text)}) ${plain.join(' ')} END)::UTINYINT`;
}

function featureFaults(column: Definition['columns'][number], index: number, inRange: string): string {
  const blank = `coalesce(${trimmed(`s${index}`)}, '') = ''`;
  const then = (reason: CellReason) => `THEN ${faultCode(index, reason)}`;
  return [
    `WHEN s${index} = ${literal(INVALID_FIELD)} ${then('invalid-encoding')}`,
    column.impute === 'none' ? `WHEN ${blank} ${then('missing')}` : '',
    `WHEN f${index} IS NULL AND NOT (${blank}) ${then('not-a-number')}`,
    `WHEN NOT isfinite(f${index}) ${then('not-finite')}`,
    `WHEN NOT (${inRange}) ${then('out-of-range')}`,
  ].join(' ');
}

function targetFaults(index: number): string {
  const text = `s${index}`;
  return [
    `WHEN ${text} = ${literal(INVALID_FIELD)} THEN ${faultCode(index, 'invalid-encoding')}`,
    `WHEN coalesce(${trimmed(text)}, '') = '' AND label IS NULL THEN ${faultCode(index, 'missing-label')}`,
    `WHEN label IS NULL THEN ${faultCode(index, 'unknown-label')}`,
  ].join(' ');
}
