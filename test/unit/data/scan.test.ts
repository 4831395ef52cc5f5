import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanCsv, type CsvScan } from '../../../src/data/csv-scan.js';
import { openText } from '../../../src/data/text-source.js';
import { temporaryFolder } from './fixtures.js';

async function scan(content: string): Promise<CsvScan> {
  const path = join(await temporaryFolder(), 'table.csv');
  await writeFile(path, content);
  const text = await openText(path, 'table.csv', 'auto');
  return scanCsv(text, 'table.csv', { separator: ',', skip: 0 });
}

describe('scanCsv', () => {
  it.each([
    ['plain', 'A,B\n1,2\n', true, '\n'],
    ['CRLF', 'A,B\r\n1,2\r\n', true, '\r\n'],
    ['quotes', 'A,B\n"1,""",2\n', true, '\n'],
    ['text beyond ASCII', 'A,B\n\u00fc,2\n', true, '\n'],
    ['CR', 'A,B\r1,2\r', false, '\n'],
    ['mixed breaks', 'A,B\r\n1,2\n', false, '\r\n'],
    ['a stray quote', 'A,B\n1",2\n', false, '\n'],
    ['a break in quotes', 'A,B\n"1\n",2\n', false, '\n'],
    ['a blank line', 'A,B\n1,2\n\n', false, '\n'],
    ['a ragged record', 'A,B\n1,2\n1\n', false, '\n'],
  ])('calls %s regular or not', async (_, content, regular, lineBreak) => {
    expect(await scan(content)).toMatchObject({ header: ['A', 'B'], records: 1, regular, lineBreak });
  });

  it('reads header fields as they were meant', async () => {
    const { header } = await scan('" A ""x""", B,,"C\nD"\n');
    expect(header).toEqual(['A "x"', 'B', '', 'C\nD']);
  });

  it('counts the same wherever a piece of the file ends', async () => {
    // Pieces are 1 MiB: the header's length moves the boundary over every byte of a record.
    const record = '"x""\r\n,",\u00e9\r\n\r\n';
    const times = 70_000;
    for (let shift = 0; shift < Buffer.byteLength(record); shift++) {
      const { records, lines, ragged } = await scan(`A,B${'b'.repeat(shift)}\r\n${record.repeat(times)}1\r\n`);
      expect({ records, last: lines.lineOf(times - 1), ragged }).toEqual({
        records: times,
        last: 2 + 3 * (times - 1),
        ragged: { rows: 1, lines: [2 + 3 * times] },
      });
    }
  });
});
