import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/contracts/definition.js';
import { column, dataset, definition, ingest, temporaryFolder, type IngestDefinition } from './fixtures.js';

const AUTO: Dialect = { separator: 'auto', decimal: 'auto', encoding: 'auto' };
const dialect = (changes: Partial<Dialect>, rules: Partial<IngestDefinition> = {}) =>
  definition({ dataset: dataset({ maxRejectedShare: 0, dialect: { ...AUTO, ...changes } }), ...rules });
/** Windows-1252 of a text whose letters Latin-1 has, and the euro sign. */
const windows = (text: string) => Buffer.from(text.replaceAll('\u20ac', '\x80'), 'latin1');
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('an encoding', () => {
  const named = dialect({}, { columns: [column('Hämoglobin (µg/dL, \u20ac)', 'a')] });
  const text = '"Hämoglobin (µg/dL, \u20ac)",T\n1,no\n';

  it.each([
    ['UTF-8', Buffer.from(text), null],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), null],
    ['UTF-8 of another Unicode form', Buffer.from(text.normalize('NFD')), null],
    ['Windows-1252', windows(text), 'as Windows-1252'],
    ['UTF-16 LE', Buffer.from(`\ufeff${text}`, 'utf16le'), 'as UTF-16 LE'],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le'), 'as UTF-16 LE'],
    ['UTF-16 BE', bigEndian(`\ufeff${text}`), 'as UTF-16 BE'],
  ])('of %s is read as what it is, and said when it is not UTF-8', async (_, content, said) => {
    const { counts } = await ingest(content, { definition: named });
    expect(counts.rows).toBe(1);
    const expected =
      said === null
        ? []
        : [
            {
              code: 'read-as',
              message: `table.csv was read ${said}; if that is wrong, set dataset.dialect or mend the file.`,
            },
          ];
    expect(counts.warnings).toEqual(expected);
  });

  it('that the definition names is not guessed, and one that does not fit is refused by name', async () => {
    const rules = { ...named, dataset: dialect({ encoding: 'windows-1252' }).dataset };
    expect((await ingest(windows(text), { definition: rules })).counts.warnings).toEqual([]);
    const utf8 = { ...named, dataset: dialect({ encoding: 'utf-8' }).dataset };
    await expect(ingest(windows(text), { definition: utf8 })).rejects.toThrow('has no column');
    await expect(ingest(Buffer.from('A,T\n\x81,no\n', 'latin1'))).rejects.toThrow(
      'bytes that Windows-1252 does not have',
    );
    await expect(ingest(Buffer.from('\ufeffA\ud800,B,T\n', 'utf16le'))).rejects.toThrow(
      'bytes that UTF-16 LE does not have',
    );
  });

  it('leaves no copy of the whole table on the disk', async () => {
    const folder = await temporaryFolder();
    await ingest(windows('A,B,T,Näme\n1,2,no,Quüxley\n'), { folder });
    expect(await readdir(folder)).toEqual(['out.parquet', 'table.csv']);
  });
});
