import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { fetchSource } from '../../../src/data/source.js';
import { anemiaDefinition, dataset, definition, ingest, temporaryFolder } from './fixtures.js';

async function failureOf(work: Promise<unknown>): Promise<PipelineFailure> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PipelineFailure);
  return failure as PipelineFailure;
}

describe('a whole file is refused', () => {
  it.each([
    ['empty', '', 'table.csv: is empty (0 bytes)'],
    ['blank', '\n \n', 'table.csv: holds no header line'],
    ['header only', 'A,B,T\n', 'table.csv: has a header but no rows'],
    ['header and blank lines', 'A,B,T\n\n\n', 'table.csv: has a header but no rows'],
    ['header without a column', 'A,T\n1,no\n', "has no column 'B' in line 1; correct the header"],
    ['misspelt header', 'Aa,Bloood,T\n1,2,no\n', "has no column 'A' in line 1; correct the header"],
    ['header twice', 'A,B,A,T\n1,2,3,no\n', "line 1 names the column 'A' twice, as fields 1 and 3"],
    ['no header', '1,2,no\n1,2,no\n', "has no column 'A': line 1 holds numbers, not headers"],
    ['semicolons without a column', 'A;T\n1;no\n', "has no column 'B' in line 1; correct"],
    ...['^', ':', ' ', '\u00a6'].flatMap((mark): [string, string, string][] => {
      const text = `A${mark}B${mark}T\n1${mark}2${mark}no\n`;
      const single =
        "has no column 'A' in line 1, which is a single field; separate fields by comma, semicolon, tab or |,";
      return [
        [`separator ${mark}`, text, single],
        [`named separator ${mark}`, `sep=${mark}\n${text}`, single],
      ];
    }),
    ...["'A','B','T'", "'A';'B';'T'", '`A`,`B`,`T`', '\u201cA\u201d,\u201cB\u201d,T', "'A'"].map(
      (header): [string, string, string] => [
        `header ${header}`,
        `${header}\n1,2,no\n`,
        "has no column 'A' in line 1, only one with quotes as part of its name; only the double quote",
      ],
    ),
    ...['#A,B,T', '# A,B,T', 'A\u200b,B,T', '\u202aA\u202c,B,T'].map((header): [string, string, string] => [
      `header ${JSON.stringify(header)}`,
      `${header}\n1,2,no\n`,
      "has no column 'A' in line 1, only one with # or a character that nobody sees in its name; take that out",
    ]),
    ['open quote', 'A,B,T\n1,"2\n3",no\n4,5,"no\n6,7,no\n', 'the quote opened in line 4 is never closed'],
    ['open quote in a late line', 'A,B,T\n\n1,"\n\n","no\n', 'the quote opened in line 5 is never closed'],
    ['broken header', 'A,"B"x,T\n1,2,no\n', 'the header in line 1 has text behind a closing quote'],
    ['NUL byte', 'A,B,T\n1,2,no\n1,\0,no\n', 'line 3 holds a NUL byte'],
    ['NUL byte in quotes', 'A,B,T\n1,"\n\0",no\n', 'line 3 holds a NUL byte'],
    ['all rejected', 'A,B,T\nx,2,no\n', "so that none is left: 1 not-a-number in 'A' (line 2)"],
    ['no Parquet', 'PAR1 but not really', 'cannot be read as Parquet'],
  ])('%s', async (_, content, message) => {
    const folder = await temporaryFolder();
    const failure = await failureOf(ingest(content, { folder }));
    expect(failure.type).toBe('DataContract');
    expect(failure.message).toContain(message);
    expect(await readdir(folder)).toEqual(['table.csv']);
  });

  it('for a quote that is open for more than a megabyte', async () => {
    const content = `A,B,T\n1,2,no\n1,"${'x,y\n'.repeat(600_000)}",no\n`;
    const failure = await failureOf(ingest(content));
    expect(failure.message).toContain('the record that starts in line 3 is longer than 1048576 bytes');
  });

  it('naming the nearest header', async () => {
    const failure = await failureOf(
      ingest('%Red pixels,%Green pixel,%Blue pixel,Hb,Anaemic\n1,2,3,4,No\n', { definition: anemiaDefinition() }),
    );
    expect(failure.message).toContain("has no column '%Red Pixel' in line 1; the nearest is '%Red pixels'");
  });

  it('when more rows are rejected than allowed, with counts and lines', async () => {
    const rules = definition({ dataset: dataset({ maxRejectedShare: 0.5 }) });
    const bad = 'A,B,T\n1,2,no\nsecret,2,no\n1,,no\n1,2\n';
    const failure = await failureOf(ingest(bad, { definition: rules, name: 'people.csv' }));
    expect(failure.message).toBe(
      'people.csv: 3 of 4 rows (75 %) were rejected, more than the 50 % of dataset.maxRejectedShare: ' +
        "1 ragged (line 5); 1 not-a-number in 'A' (line 3); 1 missing in 'B' (line 4); the header has 3 fields, these rows 2; " +
        'words that stand for a missing value can be listed in dataset.missing, and a column of words has to be left out of columns; ' +
        'a column with "impute" in the definition has its missing values filled; mend these lines or raise the limit',
    );
    const halfBad = await ingest('A,B,T\n1,2,no\nx,2,no\n', { definition: rules });
    expect(halfBad.counts.rejected).toBe(1);
  });
});

describe('fetchSource refuses', () => {
  it.each([
    ['a missing file', 'missing.csv', 'missing.csv: does not exist'],
    ['a directory', 'folder', 'folder: is a directory'],
  ])('%s', async (_, name, message) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'folder'));
    const failure = await failureOf(fetchSource(join(folder, name), folder));
    expect(failure).toMatchObject({ type: 'DataContract', message: expect.stringContaining(message) as string });
    expect(failure.message).not.toContain(folder);
  });

  it.each([
    ['s3://bucket/key.csv?X-Amz-Signature=secret', 'is an s3: address, and no bucket can be read here'],
    ['ftp://user:secret@host/x.csv', 'the scheme ftp: is not supported'],
    ['relative.csv', 'is neither an absolute path nor'],
    ['file://host/x.csv', 'file: address without an absolute local path'],
  ])('%s', async (uri, message) => {
    const failure = await failureOf(fetchSource(uri, '/tmp'));
    expect(failure).toMatchObject({ type: 'DataContract', message: expect.stringContaining(message) as string });
    expect(failure.message).not.toContain('secret');
  });
});
