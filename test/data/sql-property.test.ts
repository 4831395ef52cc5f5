import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/contracts/definition.js';
import { keptRows, typingStatement } from '../../src/data/ingest-sql.js';
import { PLAIN_NUMBERS } from '../../src/data/number-sql.js';
import { exampleOf } from '../inputs/examples.js';

/** Letters that end quotes, begin comments and statements, and others. */
const hostile = fc
  .tuple(
    fc.string({ maxLength: 5 }),
    fc.constantFrom("'", '"', ';', '--', '/*', '*/', '\\', '$$', "''", "' END; COPY (SELECT 1) TO '/tmp/x", '\n', '{}'),
    fc.string({ maxLength: 5 }),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '');

/** A statement without what is quoted in it, as DuckDB reads quotes: what remains is its structure. */
const structureOf = (sql: string): string =>
  sql
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => (quoted.startsWith("'") ? "''" : '""'))
    .replace(/\s+/g, ' ');

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
});

/** The same text with a number behind it, another one each time. */
function counting(text: string): () => string {
  let count = 0;
  return () => `${text}x${++count}x`;
}
