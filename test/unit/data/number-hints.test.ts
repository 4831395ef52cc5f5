import { describe, expect, it } from 'vitest';
import { definition, dataset, ingest } from './fixtures.js';

const rules = definition({ dataset: dataset({ maxRejectedShare: 0 }) });

const messageOf = async (content: string): Promise<string> =>
  ingest(content, { definition: rules }).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );

describe('cells that are no numbers are told by how they are written', () => {
  it.each([
    ['percentages like 12%', ['71%', '72.5 %', '-7,3%']],
    ['amounts like $1', ['$71', '7.10 \u20ac', 'USD 1,071', '71\u00a3']],
    ['a typographic minus sign', ['\u221271', '\u201371.5']],
    ['negative amounts like (5) or 5-', ['(71)', '71.5-']],
    ['truth values like True', ['TRUE', 'false', 'YES']],
    ['dates or times', ['1971-02-28', '28/02/1971', '28.2.71', '07:10:59', '1971-02-28T07:10:59Z']],
    ['limits like <5', ['<71', '\u2265 7.1', '~71']],
    ["texts behind = or '", ["'71", '="71"', '=A71+1']],
    ['digits in groups like 1_000 or 1,23,456', ['7_100', '71,00,000']],
    ['ranges or fractions like 5-10', ['71-72', '7/100', '71 \u2013 72']],
    ['a unit behind the number', ['71 g/dl', '71kg', '71 \u00b0C', '7.1 mg/m\u00b2']],
    ['digits other than 0 to 9', ['\uff17\uff11', '\u0667\u0661']],
    ['a column of words has to be left out of columns', ['tall', 'n/k', 'pending']],
  ])('%s', async (hint, cells) => {
    for (const cell of cells) {
      const message = await messageOf(`A,B,T\n"${cell.replaceAll('"', '""')}",2,no\n3,4,yes\n`);
      expect([cell, message]).toEqual([cell, expect.stringContaining("1 not-a-number in 'A' (line 2); ")]);
      expect([cell, message]).toEqual([cell, expect.stringContaining(hint)]);
      expect(message).not.toContain(cell);
    }
  });

  it('by the two ways that most of them share, and by none that numbers or missing values have', async () => {
    const rows = ['71%,2', '72%,2', '$7,2', '$8,2', '$9,2', '(7),2', '12,NA', '13,-1.5e1', ',2'];
    const message = await messageOf(`A,B,T\n${rows.map((row) => `${row},no\n`).join('')}1,1,yes\n`);
    expect(message).toMatch(/amounts like \$1.*; some cells are percentages like 12%/);
    expect(message).not.toMatch(/\(5\)|words/);
  });

  it('in every column, and in a file with decimal commas', async () => {
    expect(await messageOf('A;B;T\n1,5;7 kg;no\n2,5;8 kg;yes\n')).toContain('a unit behind the number');
  });

  it('says of rows of the header among the others which they are', async () => {
    const table = 'A,B,T\n1,2,no\n3,4,yes\n';
    expect(await messageOf(`${table}${table}`)).toContain(
      'line 4 repeats the header, as files that were joined do, so take it out;',
    );
    const many = await messageOf(table.repeat(9));
    expect(many).toContain('lines 4, 7, 10, 13, 16, ... repeat the header, as files that were joined do, so take them');
    expect(many).not.toContain('column of words');
  });

  it('counts the rows that remain where such cells are within the limit', async () => {
    const { counts } = await ingest('A,B,T\n71%,2,no\n3,4,yes\n');
    expect(counts).toMatchObject({ rows: 1, rejected: 1, warnings: [] });
  });
});

describe('a file that was sorted with its header', () => {
  it.each([
    ['behind every row', '1,2,no\n3,4,yes\nA,B,T\n', 'line 3, behind 2 rows of as many fields, the first in line 1'],
    [
      'among the rows',
      'Title\n1,2,no\n3,4,yes\nA,B,T\nx,1,yes\n',
      'line 4, behind 2 rows of as many fields, the first',
    ],
  ])('is refused with the header %s', async (_, text, place) => {
    expect(await messageOf(text)).toBe(
      `table.csv: the header is in ${place}${place.endsWith('first') ? ' in line 2' : ''}; put the header first`,
    );
  });

  it.each([
    ['the numbers of columns', '0,1,2\nA,B,T\n1,2,no\n3,4,yes\n'],
    ['titles over columns', ',2019,2020\n,1,2\nA,B,T\n1,2,no\n3,4,yes\n'],
    ['lines of other lengths', 'Table 1\nof,2\nMay,3\nA,B,T\n1,2,no\n3,4,yes\n'],
  ])('is none with %s before the header', async (_, text) => {
    expect(await messageOf(text)).toBe('none');
  });
});
