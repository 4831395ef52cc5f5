import { type Database } from './duckdb.js';
import { hintsOfNumbers } from './number-hints.js';
import { hasReason, typingStatement, type Rules, type SourceColumn } from './ingest-sql.js';
import { evidenceQuery, PLAIN_NUMBERS, styleOf, type NumberEvidence, type NumberStyle } from './number-sql.js';
import type { Remedies } from './broken.js';

const SETTING = 'dataset.dialect.decimal';

export interface Judged {
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
  const texts = definition.columns.flatMap((_, index) =>
    sources[index]!.number === null ? [sources[index]!.text] : [],
  );
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
