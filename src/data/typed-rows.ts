import type { Definition } from '../contracts/definition.js';
import type { Remedies } from './data-fault.js';
import { identifier, literal, type Database } from './duckdb.js';
import {
  type CellFault,
  columnSql,
  isMissingNumber,
  isMissingText,
  numberTexts,
  type SourceColumn,
} from './columns.js';
import {
  double,
  numberOf,
  trimmed,
  type NumberStyle,
  hintsOfNumbers,
  evidenceQuery,
  PLAIN_NUMBERS,
  styleOf,
  type NumberEvidence,
} from './number-style.js';
import { INVALID_FIELD, labelSpellings, type LabelSpellings, missingWords, type MissingWords } from './spellings.js';

/** What a cell can be rejected for; its position is part of the fault code. */
const CELL_REASONS = [
  'invalid-encoding',
  'missing',
  'not-a-number',
  'not-finite',
  'out-of-range',
  'missing-label',
  'unknown-label',
] as const satisfies readonly CellFault[];

type CellReason = (typeof CELL_REASONS)[number];

/** The fault of a row without any value, which counts as none. */
export const BLANK_ROW = -1;

/** Number of a fault, 0 for a good row: column position and reason. The target stands behind the features. */
const faultCode = (column: number, reason: CellReason) =>
  1 + column * CELL_REASONS.length + CELL_REASONS.indexOf(reason);

/** The inverse of the fault codes in the `fault` column. */
export function decodeFault(code: number): { column: number; reason: CellReason } {
  const column = Math.floor((code - 1) / CELL_REASONS.length);
  return { column, reason: CELL_REASONS[(code - 1) % CELL_REASONS.length]! };
}

/** SQL of whether a row of `typed` was rejected for this reason in one of the features. */
const hasReason = (reason: CellReason, features: number): string =>
  `fault IN (${Array.from({ length: features }, (_, index) => faultCode(index, reason)).join(', ')})`;

/** How to judge cells. */
interface Rules {
  definition: Pick<Definition, 'dataset' | 'columns' | 'target'>;
  numbers: NumberStyle;
}

/**
 * The statement that reads, types and judges every row into the table `typed`: `f0, f1, ...` DOUBLE, NULL where missing,
 * `label` UTINYINT, `fault` INTEGER. `rowid` is the row's position in the source.
 * @param sources The columns of the definition, in order, then the target.
 * @param from Table function that reads the source.
 */
export function typingStatement(rules: Rules, sources: readonly SourceColumn[], from: string): string {
  const { columns, target, dataset } = rules.definition;
  const missing = missingWords(dataset.missing);
  const texts = sources.map((source, index) => `${source.text} AS s${index}`);
  const natives = sources.flatMap((source, index) => (source.number === null ? [] : [`${source.number} AS n${index}`]));
  const typed = columns.map((column, index) =>
    columnSql(column, index, { isNative: sources[index]!.number !== null, style: rules.numbers, missing }),
  );
  const faults = typed.flatMap((column, index) =>
    column.faults.map(([reason, sql]) => `WHEN ${sql} THEN ${faultCode(index, reason)}`),
  );
  const text = `s${columns.length}`;
  return `CREATE OR REPLACE TEMP TABLE typed AS
    WITH source AS (SELECT ${[...texts, ...natives].join(', ')} FROM ${from}),
    parsed AS (SELECT *, ${typed.map(({ value }, index) => `${value} AS v${index}`).join(', ')},
      ${labelOf(labelSpellings(target.labels), text, numberOf(text, rules.numbers))} AS label FROM source),
    cleared AS (SELECT *, ${typed.map(({ kept }, index) => `${kept} AS f${index}`).join(', ')} FROM parsed)
    SELECT ${columns.map((_, index) => `f${index}`).join(', ')}, label,
      CASE WHEN ${[...typed.map(({ isGood }) => isGood), 'label IS NOT NULL'].join(' AND ')} THEN 0 ELSE (CASE
        ${faults.join('\n')}
        ${targetFaults(columns.length, missing, rules.numbers)} ELSE 0 END) END::INTEGER AS fault
    FROM cleared`;
}

/**
 * The good rows of `typed`, in source order, under the names of the definition, which may be any: every column of the table
 * is therefore named with it. The table is in that order already; sorting packs the rows anew, so that what is written
 * does not depend on how many threads filled the table.
 */
export function keptRows(columns: Definition['columns']): string {
  const features = columns.map((column, index) => `typed.f${index} AS ${identifier(column.name)}`);
  return `SELECT ${[...features, 'typed.label AS label'].join(', ')} FROM typed WHERE typed.fault = 0 ORDER BY typed.rowid`;
}

/** The first way of comparing that knows the text decides. */
function labelOf({ exact, plain, numbers }: LabelSpellings, text: string, number: string): string {
  const when = (key: string, label: 0 | 1) => `WHEN ${key} THEN ${label === 1 ? 1 : 0}`;
  const ways = [
    `CASE ${text} ${exact.map(([spelling, label]) => when(literal(spelling), label)).join(' ')} END`,
    `CASE lower(nfc_normalize(${trimmed(text)})) ${plain.map(([spelling, label]) => when(`lower(${literal(spelling)})`, label)).join(' ')} END`,
  ];
  if (numbers.length > 0)
    ways.push(`CASE ${number} ${numbers.map(([value, label]) => when(double(value), label)).join(' ')} END`);
  return `coalesce(${ways.join(', ')})::UTINYINT`;
}

function targetFaults(index: number, words: MissingWords, numbers: NumberStyle): string {
  const text = `s${index}`;
  const missing = `(${isMissingText(text, words)} OR coalesce(${isMissingNumber(`(${numberOf(text, numbers)})`, words)}, false))`;
  return [
    `WHEN ${text} = ${literal(INVALID_FIELD)} THEN ${faultCode(index, 'invalid-encoding')}`,
    `WHEN label IS NULL AND ${missing} THEN ${faultCode(index, 'missing-label')}`,
    `WHEN label IS NULL THEN ${faultCode(index, 'unknown-label')}`,
  ].join(' ');
}

const SETTING = 'dataset.dialect.decimal';

interface Judged {
  remedies: Remedies;
  reading: string[];
  /** What may mend cells that are no numbers, where `remedies` says nothing; asks all cells again. */
  hints: () => Promise<Remedies>;
}

/**
 * Fills the table `typed`. Where the definition names no decimal mark and some cells are no numbers, all cells are asked
 * how they write numbers; the file is read that way when they agree.
 * @returns how that was, and what else may mend the cells
 */
export async function judgeRows(
  database: Database,
  definition: Rules['definition'],
  sources: readonly SourceColumn[],
  from: string,
): Promise<Judged> {
  const { decimal } = definition.dataset.dialect;
  const judge = (numbers: NumberStyle) => database.run(typingStatement({ definition, numbers }, sources, from));
  const texts = numberTexts(definition.columns, sources);
  const hints = () => hintsOfNumbers(database, texts, from, definition.dataset.missing);
  const nothing = { remedies: {}, reading: [], hints };
  await judge(decimal === 'auto' ? PLAIN_NUMBERS : { decimal, grouped: true });
  if (decimal !== 'auto' || !(await hasNoNumbers(database, definition.columns.length))) return nothing;
  const [[comma, point, grouped, ambiguous, dotted]] = (await database.rows(evidenceQuery(texts, from))) as [
    [number, number, number, number, number],
  ];
  const evidence: NumberEvidence = { comma, point, grouped, ambiguous, dotted };
  const style = styleOf(evidence);
  if (style === null) return { ...nothing, remedies: remedyOf(evidence) };
  await judge(style);
  const marks = style.decimal === ',' ? 'with decimal commas' : 'with decimal points';
  const remedies =
    style.grouped || dotted === 0
      ? {}
      : { 'not-a-number': `numbers like 1.234 may have digits in groups: set ${SETTING} to "," to read them so` };
  return { hints, remedies, reading: [style.grouped ? `${marks} and digits in groups` : marks] };
}

async function hasNoNumbers(database: Database, features: number): Promise<boolean> {
  const [[found]] = (await database.rows(
    `SELECT count(*)::DOUBLE FROM typed WHERE ${hasReason('not-a-number', features)}`,
  )) as [[number]];
  return found > 0;
}

function remedyOf({ comma, point, ambiguous }: NumberEvidence): Remedies {
  if (comma > 0 && point > 0)
    return {
      'not-a-number': `some numbers have a decimal comma and some a decimal point: set ${SETTING} to "." or "," and mend the others`,
    };
  if (ambiguous > 0)
    return {
      'not-a-number': `numbers like 1,234 are read in two ways: set ${SETTING} to "," when the comma begins the fraction, to "." when it groups digits`,
    };
  return {};
}
