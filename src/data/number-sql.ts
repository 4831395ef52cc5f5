import { literal } from './duckdb.js';

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
