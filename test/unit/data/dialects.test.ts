import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/contracts/definition.js';
import { column, dataset, definition, ingest, temporaryFolder, type IngestDefinition } from './fixtures.js';

const AUTO: Dialect = { separator: 'auto', decimal: 'auto', encoding: 'auto' };
const dialect = (changes: Partial<Dialect>, rules: Partial<IngestDefinition> = {}) =>
  definition({ dataset: dataset({ maxRejectedShare: 0, dialect: { ...AUTO, ...changes } }), ...rules });
const strict = dialect({});
const numbersOf = async (cells: string[], decimal: Dialect['decimal'] = 'auto') => {
  const text = `A;B;T\n${cells.map((cell) => `${cell};1;no\n`).join('')}`;
  const rules = { ...dialect({ decimal }), columns: [column('A', 'a', { range: [-1e9, 1e9] })] };
  return [...(await ingest(text, { definition: rules })).table.columns[0]!];
};

/** Windows-1252 of a text whose letters Latin-1 has, and the euro sign. */
const windows = (text: string) => Buffer.from(text.replaceAll('\u20ac', '\x80'), 'latin1');
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('separators', () => {
  it.each([
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
  ] as const)('%j are found by the header', async (separator, name) => {
    const text = 'A,B,Note,T\n1,2,"x;|\ty",no\n3,4,,yes\n'.replaceAll(',', separator);
    const { counts, table } = await ingest(text, { definition: strict });
    expect(table.columns.map((values) => [...values])).toEqual([[1, 3], [2, 4]]); // prettier-ignore
    expect(counts.warnings[0]!.message).toContain(`with fields separated by ${name}`);
    expect((await ingest(text, { definition: dialect({ separator }) })).counts.warnings).toEqual([]);
  });

  it('of the definition decide where several fit', async () => {
    const text = 'A,B,T;A;B;T\n1,2,no;3;4;yes\n';
    const read = async (separator: Dialect['separator']) =>
      (
        await ingest(text, {
          definition: dialect({ separator }, { dataset: dataset({ dialect: { ...AUTO, separator } }) }),
        })
      ).table.columns[0]![0];
    await expect(read(',')).rejects.toThrow("has no column 'T'");
    expect(await read(';')).toBe(3);
  });
});

describe('lines before the header', () => {
  it.each([
    ['sep=,\nA,B,T\n1,2,no\n', 2],
    ['"sep=,"\r\nA,B,T\r\n1,2,no\r\n', 2],
    ['sep=;\nA;B;T\n1;2;no\n', 2],
    ['# site A\n# camera B, left\nA,B,T\n1,2,no\n', 3],
    ['Export of 2026-03-01\n\nA,B,T\n1,2,no\n', 3],
    ['Export,of,2026\n,,\nA;B;T\n1;2;no\n', 3],
  ])('%j are left out, and said', async (text, line) => {
    const { counts, table } = await ingest(text, { definition: strict });
    expect(table.columns[1]).toEqual(Float64Array.of(2));
    expect(counts.warnings[0]!.message).toContain(`from its header in line ${line} on, leaving out what stands before`);
    await expect(ingest(`${text.trimEnd()}\n`.replace(/1/g, 'x'), { definition: strict })).rejects.toThrow(
      `line ${line + 1}`,
    );
  });

  it('do not hide which column is missing', async () => {
    await expect(ingest('# site\nA;C;T\n1;2;no\n', { definition: strict })).rejects.toThrow(
      "has no column 'B' in line 2",
    );
  });
});

describe('numbers', () => {
  it.each([
    ['decimal commas', ['12,5', '3', '-0,125', '1e2'], [12.5, 3, -0.125, 100]],
    ['decimal commas and points in threes', ['1.088,5', '12.345', '7,25'], [1088.5, 12345, 7.25]],
    ['several points in threes', ['1.234.567', '8,5'], [1234567, 8.5]],
    ['commas in threes', ['"1,088.5"', '"12,345"', '7.25'], [1088.5, 12345, 7.25]],
    ['several commas in threes', ['"1,234,567"', '12'], [1234567, 12]],
    ['spaces in threes', ['1 088,5', '12\u202f345', '1\u00a0000'], [1088.5, 12345, 1000]],
    ['apostrophes in threes', ["1'088.5", '1\u2019234\u2019567'], [1088.5, 1234567]],
    ['points', ['1.5', '1.234'], [1.5, 1.234]],
  ])('with %s are read where nothing speaks against it', async (_, cells, values) => {
    expect(await numbersOf(cells)).toEqual(values);
  });

  it.each([
    [['1,234', '12'], 'set dataset.dialect.decimal to "," when the comma begins the fraction, to "." when it groups'],
    [['12,5', '12.5'], 'some numbers have a decimal comma and some a decimal point: set dataset.dialect.decimal'],
    [['12,5', '1.234'], 'numbers like 1.234 may have digits in groups: set dataset.dialect.decimal to ","'],
    [['1,23,4'], 'words that stand for a missing value can be listed in dataset.missing'],
  ])('that could be read in two ways are refused with the setting: %j', async (cells, hint) => {
    await expect(numbersOf(cells)).rejects.toThrow(hint);
  });

  it('are read as the definition says', async () => {
    expect(await numbersOf(['1,234', '12,5', '1.234', '2.000,5'], ',')).toEqual([1.234, 12.5, 1234, 2000.5]);
    expect(await numbersOf(['1,234', '12.5', '1.234'], '.')).toEqual([1234, 12.5, 1.234]);
    await expect(numbersOf(['12,5'], '.')).rejects.toThrow('1 not-a-number');
    await expect(numbersOf(['12.5'], ',')).rejects.toThrow('1 not-a-number');
    await expect(numbersOf(['1.23,4', '12..5', ',', '1,000.5'], ',')).rejects.toThrow('4 not-a-number');
  });

  it('say how they were read when they are refused', async () => {
    await expect(numbersOf(['"1,088.5"', '9e12'])).rejects.toThrow(
      "1 out-of-range in 'A' (line 3); it was read with fields separated by semicolons, with decimal points and digits in groups; if that is wrong, set dataset.dialect",
    );
  });

  it('are told to be read so', async () => {
    const { counts } = await ingest('A;B;T\n1,5;2,5;no\n', { definition: strict });
    expect(counts.warnings.map(({ message }) => message)).toEqual([
      'table.csv was read with fields separated by semicolons, with decimal commas; if that is wrong, set dataset.dialect or mend the file.',
    ]);
  });
});

describe('rows with one field more or less than the header', () => {
  it.each([
    ['A,B,T\n1,2,no,\n3,4,yes, \n', 'without the separator at the end of every row'],
    ['A,B,T\n1,1,2,no\n2,3,4,yes\n', 'without the row numbers in front'],
    ['"A","B","T"\n"0",1,2,"no"\n"1",3,4,"yes"\n', 'without the row numbers in front'],
    ['A,B,T,\n1,2,no\n3,4,yes\n', null],
  ])('are taken as they are plainly meant: %j', async (text, said) => {
    const { counts, table } = await ingest(text, { definition: strict });
    expect(table.columns.map((values) => [...values])).toEqual([[1, 3], [2, 4]]); // prettier-ignore
    expect(counts).toMatchObject({ rowsRead: 2, rows: 2, positives: 1, rejected: 0 });
    if (said !== null) expect(counts.warnings[0]!.message).toContain(said);
  });

  it.each([
    [
      'A,B,T\n7,1,2,no\n9,3,4,yes\n',
      '2 ragged (lines 2, 3); the header has 3 fields, these rows 4, so name the column',
    ],
    ['A,B,T\n1,5,2,5,no\n', 'the header has 3 fields, these rows 5, so take out what is too much, or quote fields'],
    ['A,B,T\n1,2\n', 'the header has 3 fields, these rows 2;'],
    ['A,B,T\n1,2,no\n1,2,no,\n', '1 ragged (line 3); the header has 3 fields, these rows 4'],
  ])('are refused with both counts otherwise: %j', async (text, message) => {
    await expect(ingest(text, { definition: strict })).rejects.toThrow(message);
  });
});

describe('blank rows', () => {
  it.each([',,\n', '"","",\n', ' ,\t, \n', '" ",,""\n'])('like %j are no rows, wherever they are', async (blank) => {
    const { counts } = await ingest(`${blank}A,B,T\n${blank}1,2,no\n${blank.repeat(3)}x,2,no\n${blank}`, {});
    expect(counts).toMatchObject({ rowsRead: 2, rows: 1, rejected: 1, blank: 5 });
    expect(counts.rejects[0]!.lines).toEqual([8]);
    expect(counts.warnings.map(({ message }) => message)).toContain('table.csv has 5 blank rows beside 2 others.');
  });

  it('are told only where they are many', async () => {
    const { counts } = await ingest(`A,B,T\n${'1,2,no\n'.repeat(200)},,\n\n\n`, {});
    expect(counts).toMatchObject({ rows: 200, blank: 1, warnings: [] });
  });

  it('are not rows with a name or a quote in them', async () => {
    const { counts } = await ingest('A,B,T,N\n1,2,no,\n,,,x\n,,,""""\n', {});
    expect(counts).toMatchObject({ rowsRead: 3, rejected: 2, blank: 0 });
  });
});

it('the same table gives the same bytes in any dialect, encoding and compression', async () => {
  const folder = await temporaryFolder();
  const number = fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constantFrom(0.5, 12.25, 99.125, null));
  const note = fc.constantFrom('', 'ä;b', 'x, y', 'a|b', 'tab\tx', 'li\nne', '"q"', '\u20ac');
  const tables = fc.array(fc.tuple(number, number, fc.constantFrom('yes', 'no', 'Nö'), note), {
    minLength: 1,
    maxLength: 15,
  });
  const ways = fc.record({
    separator: fc.constantFrom(',', ';', '\t', '|'),
    decimal: fc.constantFrom('.', ','),
    lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom('utf8', 'mark', 'windows', 'utf16le', 'utf16be'),
    packed: fc.boolean(),
    before: fc.constantFrom('', '# made by hand\n', 'sep'),
    trailing: fc.boolean(),
  });
  const encode = {
    utf8: (text: string) => Buffer.from(text),
    mark: (text: string) => Buffer.from(`\ufeff${text}`),
    windows,
    utf16le: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    utf16be: (text: string) => bigEndian(`\ufeff${text}`),
  };
  const rules = definition({
    columns: [column('Ä', 'a'), column('B', 'b', { impute: 'mean' })],
    target: { source: 'T', labels: { yes: 1, nö: 0, no: 0 }, positive: 'p', negative: 'n' },
  });
  await fc.assert(
    fc.asyncProperty(tables, ways, async (rows, way) => {
      const all = [[1.5, 2.5, 'no', ''] as const, ...rows];
      const write = ({ separator, decimal, lineBreak, before, trailing }: Omit<typeof way, 'encoding' | 'packed'>) => {
        const field = (value: string | number | null) => {
          const text = typeof value === 'number' ? String(value).replace('.', decimal) : (value ?? '');
          return /[;,\t|"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        };
        const line = (cells: readonly (string | number | null)[]) => cells.map(field).join(separator);
        const head = before === 'sep' ? `sep=${separator}\n` : before;
        const body = [['Ä', 'B', 'T', 'Note'], ...all].map(
          (cells, index) => line(cells) + (trailing && index > 0 ? separator : ''),
        );
        return head.replace('\n', lineBreak) + body.map((text) => text + lineBreak).join('');
      };
      const plainly = { separator: ',', decimal: '.', lineBreak: '\n', before: '', trailing: false } as const;
      const expected = await ingest(write(plainly), { definition: rules, folder });
      const bytes = await readFile(expected.outputPath);
      const content = encode[way.encoding](write(way));
      const found = await ingest(way.packed ? gzipSync(content) : content, { definition: rules, folder });
      expect((await readFile(found.outputPath)).equals(bytes)).toBe(true);
      const { rowsRead, rows: kept, rejected } = expected.counts;
      expect(found.counts).toMatchObject({ rowsRead, rows: kept, rejected });
    }),
    { numRuns: 25 },
  );
});
