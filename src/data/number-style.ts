import type { Remedies } from './data-fault.js';
import { literal, type Database } from './duckdb.js';
import { missingWords } from './spellings.js';

/** How a file writes numbers. */
export interface NumberStyle {
  decimal: '.' | ',';
  /** Digits may be grouped in threes by the other mark, spaces or apostrophes. */
  grouped: boolean;
}

/** As most programs write numbers. */
export const PLAIN_NUMBERS: NumberStyle = { decimal: '.', grouped: false };

/** White space that `String.prototype.trim` removes, as far as it is met in tables. */
const WHITE_SPACE = [9, 10, 11, 12, 13, 32, 0xa0, 0xfeff].map((code) => `chr(${code})`).join(' || ');

/** What groups digits besides the two decimal marks; among the spaces the no-break and the thin one. */
const SPACES = ' \u00a0\u2009\u202f';
const APOSTROPHES = "'\u2019";
const SIGN = '[+-]?';
const EXPONENT = '(?:[eE][+-]?[0-9]+)?';

/** SQL of a text without white space around it. */
export const trimmed = (text: string): string => `trim(${text}, ${WHITE_SPACE})`;

/** SQL of a double that is this number. */
export const double = (value: number): string => `${literal(String(value))}::DOUBLE`;

const other = (mark: '.' | ',') => (mark === '.' ? ',' : '.');
const groups = (separators: string, atLeast: 1 | 2) => `[1-9][0-9]{0,2}(?:[${separators}][0-9]{3}){${atLeast},}`;
const anyGroups = (mark: string) => `(?:${[mark, SPACES, APOSTROPHES].map((set) => groups(set, 1)).join('|')})`;
const fullMatch = (text: string, pattern: string) => `regexp_full_match(${text}, ${literal(pattern)})`;

/** SQL of the number that a text spells, NULL when it spells none; NaN and infinities are numbers here. */
export function numberOf(text: string, style: NumberStyle): string {
  if (style.decimal === '.' && !style.grouped) return plainNumber(text);
  const { decimal, grouped } = style;
  const digits = grouped ? `(?:${anyGroups(other(decimal))}|[0-9]*)` : '[0-9]*';
  const marks = literal(`[${other(decimal)}${SPACES}${APOSTROPHES}]`);
  const bare = `replace(regexp_replace(${trimmed(text)}, ${marks}, '', 'g'), ${literal(decimal)}, '.')`;
  const spelled = `CASE WHEN ${fullMatch(trimmed(text), `${SIGN}${digits}(?:[${decimal}][0-9]*)?${EXPONENT}`)}
    THEN try_cast(${bare} AS DOUBLE) END`;
  return `coalesce(CASE WHEN contains(${text}, ${literal(other(decimal))}) THEN NULL ELSE ${plainNumber(text)} END, ${spelled})`;
}

/** DuckDB reads `1_000` and `+-5` as numbers; nobody else does. The second try is for white space beyond ASCII. */
function plainNumber(text: string): string {
  return `CASE WHEN contains(${text}, '_') OR starts_with(ltrim(${text}), '+-') THEN NULL ELSE
    coalesce(try_cast(${text} AS DOUBLE), try_cast(${trimmed(text)} AS DOUBLE)) END`;
}

/** How many cells prove what, over several columns of text. */
export interface NumberEvidence {
  /** Cells that are numbers with a decimal comma alone. */
  comma: number;
  /** Cells that are numbers with a decimal point alone. */
  point: number;
  /** Cells that are numbers with grouped digits alone. */
  grouped: number;
  /** Cells like 1,234: a decimal comma or digits in groups. */
  ambiguous: number;
  /** Cells like 1.234, which have digits in groups where the comma is the decimal mark. */
  dotted: number;
}

/** The query that counts them, in the order of `NumberEvidence`. */
export function evidenceQuery(texts: readonly string[], from: string): string {
  const is = (pattern: string) => fullMatch('cell', `${SIGN}${pattern}`);
  const withMark = (mark: '.' | ',') => `(?:${anyGroups(other(mark))}|[0-9]*)[${mark}][0-9]*${EXPONENT}`;
  const proves = (mark: '.' | ',') =>
    `(${is(withMark(mark))} AND NOT ${is(groups(mark, 1))}) OR ${is(groups(other(mark), 2))}`;
  const grouped = [
    `${anyGroups('.')},[0-9]*`,
    `${anyGroups(',')}[.][0-9]*`,
    ...['.', ','].map((mark) => groups(mark, 2)),
    ...[SPACES, APOSTROPHES].map((set) => groups(set, 1)),
  ];
  const counts = [proves(','), proves('.'), is(`(?:${grouped.join('|')})`), is(groups(',', 1)), is(groups('.', 1))];
  const cells = `SELECT unnest([${texts.map(trimmed).join(', ')}]) AS cell FROM ${from}`;
  return `SELECT ${counts.map((sql) => `count(*) FILTER (WHERE ${sql})::DOUBLE`).join(', ')} FROM (${cells})
    WHERE regexp_matches(cell, '[0-9]')`;
}

/** How the file writes numbers, `null` when the evidence is for two ways or for none but the plain one. */
export function styleOf({ comma, point, grouped }: NumberEvidence): NumberStyle | null {
  if (comma > 0) return point > 0 ? null : { decimal: ',', grouped: grouped > 0 };
  return grouped > 0 ? { decimal: '.', grouped: true } : null;
}

/** A way in which cells spell something that is no number here, and what to do about it. */
interface Shape {
  /** Of the whole trimmed cell, letters of any case. */
  pattern: string;
  remedy: string;
}

/** Hints in one message. */
const MOST_HINTS = 2;

const NUMBER = "[+-]?[0-9][0-9.,_ \u00a0\u202f'\u2019]*(?:e[+-]?[0-9]+)?";
const CURRENCY = '(?:\\p{Sc}|usd|eur|gbp|chf|jpy|inr)';
const LETTERS = '[\\p{L}\u00b0\u00b5%\u2030]';

/** The first that fits counts. */
const SHAPES: readonly Shape[] = [
  {
    pattern: `${NUMBER} *[%\u2030]`,
    remedy: 'some cells are percentages like 12%: take the sign out, and give the range in percent',
  },
  {
    pattern: `[+-]?${CURRENCY} *${NUMBER}|${NUMBER} *${CURRENCY}`,
    remedy: 'some cells are amounts like $1: take the sign of the currency out',
  },
  {
    pattern: `[\u2212\u2012-\u2015\ufe63\uff0d] *${NUMBER}`,
    remedy: 'some cells begin with a typographic minus sign or dash: write the hyphen of the keyboard, like -5',
  },
  { pattern: `\\(${NUMBER}\\)|${NUMBER}-`, remedy: 'some cells are negative amounts like (5) or 5-: write -5' },
  { pattern: 'true|false|yes|no|y|n|t|f|on|off', remedy: 'some cells are truth values like True: write 1 and 0' },
  {
    pattern:
      '[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[t ][0-9:.]+(?:z|[+-][0-9:]+)?)?|[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?',
    remedy:
      'some cells are dates or times: write a number, such as days since a fixed day, or leave the column out of columns',
  },
  {
    pattern: `(?:[<>\u2264\u2265~\u2248]|<=|>=) *${NUMBER}`,
    remedy: 'some cells are limits like <5: write one number, or leave them empty',
  },
  {
    pattern: `["'\`\u2018\u2019\u201c\u201d]+${NUMBER}["'\`\u2018\u2019\u201c\u201d]*|=.*`,
    remedy: "some cells are formulas or texts behind = or ', as spreadsheets keep them: write the number alone",
  },
  {
    pattern: '[+-]?[0-9]{1,3}(?:[,_][0-9]{2,3})+(?:\\.[0-9]*)?',
    remedy: 'some cells have digits in groups like 1_000 or 1,23,456: take the marks out',
  },
  {
    pattern: '[+-]?[0-9.]+ *(?:-|\u2013|/) *[0-9.]+',
    remedy: 'some cells are ranges or fractions like 5-10: write one number',
  },
  {
    pattern: `${NUMBER} *${LETTERS}[^0-9]{0,20}(?:[0-9/\u00b2\u00b3]${LETTERS}*)*`,
    remedy: 'some cells have a unit behind the number: take it out, and name it as the unit of the column',
  },
  { pattern: '[^0-9]*\\p{Nd}[^0-9]*', remedy: 'some cells have digits other than 0 to 9: write these' },
  {
    pattern: '[^0-9]*',
    remedy:
      'words that stand for a missing value can be listed in dataset.missing, and a column of words has to be left out of columns',
  },
];

/**
 * What may mend cells that are no numbers, told by how they are written: a hint for each of the ways that most of them
 * share. Nothing of a cell is repeated.
 * @param texts SQL of the columns of text, read from `from`
 * @param own words for a missing value, of the definition
 */
export async function hintsOfNumbers(
  database: Database,
  texts: readonly string[],
  from: string,
  own: readonly string[],
): Promise<Remedies> {
  if (texts.length === 0) return {};
  const fits = ({ pattern }: Shape) => `regexp_full_match(cell, ${literal(pattern)}, 'i')`;
  const shape = `CASE ${SHAPES.map((one, index) => `WHEN ${fits(one)} THEN ${index}`).join(' ')} ELSE -1 END`;
  const words = missingWords(own).words.map((word) => `lower(${literal(word)})`);
  const found = (await database.rows(`SELECT shape, count(*)::DOUBLE AS cells FROM (
    SELECT ${shape} AS shape FROM (SELECT unnest([${texts.map(trimmed).join(', ')}]) AS cell FROM ${from})
    WHERE cell IS NOT NULL AND (try_cast(cell AS DOUBLE) IS NULL OR contains(cell, '_')) AND NOT list_contains([${words.join(', ')}], lower(cell)))
    WHERE shape >= 0 GROUP BY shape ORDER BY cells DESC, shape LIMIT ${MOST_HINTS}`)) as [number, number][];
  const hints = found.map(([index]) => SHAPES[index]!.remedy);
  return hints.length === 0 ? {} : { 'not-a-number': hints.join('; ') };
}
