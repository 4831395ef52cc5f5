import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RejectReason } from '../../../src/contracts/vocabulary.js';
import type { Rejects } from '../../../src/contracts/results.js';
import { column, dataset, definition, ingest, temporaryFolder } from './fixtures.js';

const RULES = definition({
  dataset: dataset({ dialect: { separator: ',', decimal: '.', encoding: 'utf-8' } }),
  columns: [column('A', 'a'), column('B', 'b', { impute: 'median', range: [-5, 5] })],
});

/** One stretch of a file: a blank line, or a record as cells A, a column nobody wants, B, T (or too few or many). */
type Piece = { blank: string } | { cells: string[] };

/** Without spaces between digits, which may group them. */
const ungrouped = (text: string) => text.replace(/(?<=\d) (?=\d)/g, '_');

const number = fc.oneof(
  fc.integer({ min: -6, max: 110 }).map(String),
  fc.double({ min: -6, max: 6, noNaN: true }).map(String),
  fc.constantFrom('', ' ', '1e309', 'NaN', '-inf', '12,5', 'x', ' 3 ', '+2', '"', '1_0', '\n', '\t4'),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-_.eE ')), maxLength: 6 }).map(ungrouped),
);
const label = fc.constantFrom('yes', 'no', ' Yes', 'NO ', '', '?', 'yes', 'no');
const junk = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('a,b', 'x\ny', '"', '\r\n', 'ü', '\u{1f600}', ''));
const printable = junk.map((text) => text.replaceAll('\0', ''));
const whole = fc.tuple(number, printable, number, label).map((cells) => ({ cells: [...cells] }));
const ragged = fc.array(fc.constantFrom('1', 'x', ''), { minLength: 2, maxLength: 6 }).map((cells) => ({ cells }));
const blank = fc.constantFrom('', ' ', '\t').map((text) => ({ blank: text }));
const piece = fc.oneof({ weight: 8, arbitrary: whole }, ragged, blank);

const quote = (text: string, always: boolean) =>
  always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

const countBreaks = (text: string) => text.split(/\r\n|\r|\n/).length - 1;

const isMissing = (text: string) => /^([+-]?nan|[?]|-{1,3}|[.]{0,3}|[.][_e])$/i.test(text);

/** A number as everybody but DuckDB understands it. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function judgeNumber(cell: string, [low, high]: [number, number], required: boolean): RejectReason | number {
  const text = cell.trim();
  if (isMissing(text)) return required ? 'missing' : NaN;
  if (/^[+-]?(inf|infinity)$/i.test(text)) return 'not-finite';
  if (!NUMBER.test(text)) return 'not-a-number';
  const value = Number(text);
  if (!Number.isFinite(value)) return 'not-finite';
  return value < low || value > high ? 'out-of-range' : value;
}

function judge(cells: string[]): { fault: RejectReason; column: string | null } | { values: number[]; label: number } {
  if (cells.length !== 4) return { fault: 'ragged', column: null };
  const a = judgeNumber(cells[0]!, RULES.columns[0]!.range, true);
  if (typeof a === 'string') return { fault: a, column: 'A' };
  const b = judgeNumber(cells[2]!, RULES.columns[1]!.range, false);
  if (typeof b === 'string') return { fault: b, column: 'B' };
  const text = cells[3]!.trim().toLowerCase();
  if (isMissing(text)) return { fault: 'missing-label', column: 'T' };
  return text === 'yes' || text === 'no'
    ? { values: [a, b], label: text === 'yes' ? 1 : 0 }
    : { fault: 'unknown-label', column: 'T' };
}

describe('ingestTable against a naive reader', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  it('reconciles, keeps the same numbers and names the same lines', async () => {
    const files = fc.record({
      pieces: fc.array(piece, { maxLength: 40 }),
      lineBreak: fc.constantFrom('\n', '\r\n'),
      always: fc.boolean(),
      ending: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(files, async ({ pieces, lineBreak, always, ending }) => {
        const good: Piece = { cells: ['1', '', '1', 'no'] };
        const all: Piece[] = [good, ...pieces, good];
        const texts = all.map((one) =>
          'blank' in one ? one.blank : one.cells.map((cell) => quote(cell, always)).join(','),
        );
        const content = ['A,N,B,T', ...texts].join(lineBreak) + (ending ? lineBreak : '');
        const rejects = new Map<string, Rejects>();
        const kept: { values: number[]; label: number }[] = [];
        let line = 2;
        all.forEach((one, index) => {
          if ('cells' in one && one.cells.some((cell) => cell.replace(/[ \t]/g, '') !== '')) {
            const verdict = judge(one.cells);
            if ('fault' in verdict) {
              const key = `${verdict.fault} ${verdict.column ?? ''}`;
              const entry = rejects.get(key) ?? { reason: verdict.fault, column: verdict.column, rows: 0, lines: [] };
              entry.rows += 1;
              if (entry.lines.length < 20) entry.lines.push(line);
              rejects.set(key, entry);
            } else kept.push(verdict);
          }
          line += 1 + countBreaks(texts[index]!);
        });
        const { counts, table } = await ingest(content, { definition: RULES, folder: folder });
        const rejected = [...rejects.values()].reduce((sum, { rows }) => sum + rows, 0);
        expect(counts).toMatchObject({ rowsRead: kept.length + rejected, rows: kept.length, rejected });
        const byKey = (a: Rejects, b: Rejects) => `${a.column} ${a.reason}`.localeCompare(`${b.column} ${b.reason}`);
        expect([...counts.rejects].sort(byKey)).toEqual([...rejects.values()].sort(byKey));
        expect([...table.labels]).toEqual(kept.map((row) => row.label));
        expect(table.columns.map((values) => [...values])).toEqual([0, 1].map((k) => kept.map((row) => row.values[k])));
      }),
      { numRuns: 100 },
    );
  });

  it('understands the same spellings of numbers', async () => {
    const cell = fc.string({ unit: fc.constantFrom(...Array.from('01259+-_.eE xXdf')), maxLength: 8 }).map(ungrouped);
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 200, maxLength: 400 }), async (cells) => {
        const rules = definition({ columns: [column('A', 'a', { range: [-1e300, 1e300] })] });
        const { table, counts } = await ingest(`A,T\n0,no\n${cells.map((text) => `${text},no\n`).join('')}`, {
          definition: rules,
          folder: folder,
        });
        const verdicts = cells.map((text) => judgeNumber(text, [-1e300, 1e300], true));
        expect([...table.columns[0]!].slice(1)).toEqual(verdicts.filter((verdict) => typeof verdict === 'number'));
        expect(counts.rows - 1 + counts.rejected).toBe(cells.length);
      }),
      { numRuns: 30 },
    );
  });
});
