import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { openText } from '../../../src/data/text-source.js';
import { definition, ingest, temporaryFolder } from './fixtures.js';

/** Made by `zstd -19`: 120 rows of A, B and T, one in three of them no. */
const ZSTD = Buffer.from(
  'KLUv/QRodQsAJt89FaAlxRwogeZQv8Y1vyUrV3bP/K/uKzsANQA1APPWpqsp9VAXMTqCHoT8arZhrpHbmL65PLSl6oihHmL6lbbjJbw0k8kMeRjLoEAouI4BwcDDw0DggAECtA2vzj2ZRCbFYwsdYw9UH7uxF+mSEzk5D2WhHIwHfmZb2MW61WnoHHrK5eaYeRiSz2KLuAL3iW1Wl/VaJ6NpfIyLzVF5sItPYpuusjvYVDWrT9FSdBQfar7OVrkatzF1kj2tpXW0Dy36hoMCoWCZheSIB4n45la7rq7URJ1GTwQt5FHz8DCPfOPvTrSveqhlepQejlc40UyTJ2Q5xnH1EHWoEUQMt/ffACugkuYQGPEBoOOMhRgCPuOrhtZP09lGQuYExbQe8iUtwVIkCIFdk6ijwzaW/wjSxNo/sDpDWaXeesgWbQVgo53/Rm959EaFgvC0e7//Gy7z2SNjiAhvM4HRaeCR4wFMOyrQNjsHffBXIh1Vi467mQ==',
  'base64',
);

/** A frame of zstd that repeats a byte, 128 KiB by 128 KiB. */
const repeated = (byte: string, blocks: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
    ...Array.from({ length: blocks }, (_, i) => {
      const block = Buffer.alloc(4);
      block.writeUIntLE(((2 ** 17) << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0), 0, 3);
      block.write(byte, 3);
      return block;
    }),
  ]);

const latin = (text: string) => Buffer.from(text, 'latin1');

async function messageOf(content: string | Uint8Array, name = 'table.csv'): Promise<string> {
  const failure = await ingest(content, { name }).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PipelineFailure);
  expect(failure).toMatchObject({ type: 'DataContract' });
  return (failure as PipelineFailure).message;
}

it.each(['PARENT', 'ORCHARD', 'ORC', 'FEA1', 'ARROW1', 'MATLAB', 'RDA', 'GIF', 'PK', 'Rar', 'md5', 'outs'])(
  'a table whose first column is called %s is one',
  async (name) => {
    const { counts } = await ingest(`${name},A,B,T\n7,1,2,yes\n8,3,4,no\n`);
    expect(counts).toMatchObject({ rows: 2, rejected: 0 });
  },
);

describe('a file that is no table of text is said to be', () => {
  it.each([
    ['an old Excel', latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0')],
    ['an Excel workbook', latin('PK\x03\x04\x14\0\0\0[Content_Types].xml')],
    ['an OpenDocument file', latin('PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet')],
    ['a zip archive', latin('PK\x03\x04\x14\0\0\0data.csv')],
    ['a PDF document', '%PDF-1.7\n'],
    ['a SQLite database', 'SQLite format 3\0rest'],
    ['a DuckDB database', latin('\x01\x02\x03\x04\x05\x06\x07\x08DUCK')],
    ['an encrypted Parquet file', latin('PARE\x1c\0\0\0')],
    ['a Feather or Arrow file', 'ARROW1\0\0'],
    ['a Feather or Arrow file', 'FEA1\0\0'],
    ['an ORC file', latin('ORC\x0a\x0b\0')],
    ['an Avro file', 'Obj\x01\x02'],
    ['a SAS data set', latin('\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf')],
    ['a SAS transport file', 'HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!'],
    ['an SPSS file', '$FL2@(#) SPSS DATA FILE'],
    ['a Stata file', '<stata_dta><header>'],
    ['a Stata file', latin('\x72\x02\x01\0')],
    ['an R data file', 'RDX3\nX\n'],
    ['an HDF5 file', latin('\x89HDF\r\n\x1a\n')],
    ['a NumPy array', latin('\x93NUMPY\x01\0')],
    ['a Python pickle', latin('\x80\x04\x95\x10\0')],
    ['a picture', latin('\x89PNG\r\n\x1a\n')],
    ['compressed by bzip2', 'BZh91AY'],
    ['compressed by xz', latin('\xfd7zXZ\0\0')],
    ['a 7-Zip archive', latin('7z\xbc\xaf\x27\x1c')],
    ['a tar archive', `${'a'.repeat(257)}ustar`],
    ['a web page (HTML)', '\ufeff\n <!DOCTYPE html>\n<html><head>'],
    ['a web page (HTML)', '<html lang="en">'],
    ['an XML document', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:abab\nsize 230\n'],
    ['a DVC pointer', 'outs:\n- md5: abab\n  path: x.csv\n'],
    ['an ARFF file', "% title\n\n@relation CKD\n@attribute 'age' numeric\n"],
    ['a list of JSON objects, one a line', '{"Hb":12.1,"T":"No"}\n{"Hb":8.1}\n'],
    ['a JSON document', '[{"Hb":12.1,"T":"No"}]'],
    ['a JSON document', '{\n  "rows": []\n}'],
    ['a JSON document', Buffer.from('\ufeff[{"Hb":12.1}]', 'utf16le')],
    ['a dump of SQL', '-- MySQL dump 10.13\nCREATE TABLE'],
    ['a SYLK file', 'ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"A"\r\n'],
    ['a SYLK file', 'ID;PCALCOOO32\nB;Y3;X2\nC;Y1;X1;K"A"\n'],
    ['a DIF file', 'TABLE\n0,1\n"EXCEL"\nVECTORS\n0,3\n'],
    ...[
      ' A | B | T \n---+---+----\n 1 | 2 | no\n(1 row)\n',
      '| A | B | T |\n|---|:-:|---|\n| 1 | 2 | no |\n',
      'A | B | T\n--|---|--\n1 | 2 | no\n',
      '+---+---+----+\n| A | B | T  |\n+---+---+----+\n',
      'Table "t"\n\n| A | B | T |\n|---+---+---|\n| 1 | 2 | no |\n',
      '\u250c\u2500\u2500\u252c\u2500\u2510\n\u2502 A\u2502B\u2502\n',
      '\u256d\u2500\u2500\u252c\u2500\u256e\n',
    ].map((text): [string, string] => ['a table drawn with lines, as databases and Markdown show one', text]),
    ...[
      '404: Not Found',
      'Not Found\n',
      'HTTP 403 Forbidden',
      'Access denied. Please sign in.\n',
      'Error: 401 Unauthorized',
    ].map((text): [string, string] => ['the error message of a server', text]),
  ])('%s', async (what, content) => {
    expect(await messageOf(content)).toMatch(/^table\.csv: is .*, and no CSV or Parquet file; .+[^.]$/);
    expect(await messageOf(content)).toContain(`is ${what}`);
    expect(await messageOf(gzipSync(content))).toContain(`table.csv, unpacked,: is ${what}`);
  });

  it.each([
    ['cannot be read as Parquet', latin('PAR1 but cut'), 'table.csv'],
    ['is a Parquet file compressed by gzip', gzipSync('PAR1....PAR1'), 'table.csv.gz'],
    ['is zstd data that is damaged or cut off', ZSTD.subarray(0, 200), 'x.csv.zst'],
    ['is zstd data that is damaged or cut off', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 1, 0, 0]), 'x.csv.zst'],
    ['is compressed twice', gzipSync(ZSTD), 'table.csv.gz'],
    ['is compressed twice', gzipSync(gzipSync('A,B,T\n1,2,no\n')), 'table.csv.gz'],
    ['unpacked,: is empty', gzipSync(''), 'table.csv.gz'],
    ['is gzip data that is damaged or cut off', gzipSync('A,B,T\n1,2,no\n'.repeat(1000)).subarray(0, 60), 'x.csv.gz'],
  ])('%s', async (message, content, name) => {
    expect(await messageOf(content, name)).toContain(message);
  });

  it.each([
    ['LE with its mark', '\ufeffA,B,T\n', false],
    ['BE with its mark', '\ufeffA,B,T\n', true],
    ['LE', 'A,B,T\n', false],
    ['BE', 'A,B,T\n', true],
  ])('UTF-32 %s', async (_, text, big) => {
    const content = Buffer.concat(
      Array.from(text, (letter) => {
        const bytes = Buffer.alloc(4);
        return big
          ? (bytes.writeUInt32BE(letter.charCodeAt(0)), bytes)
          : (bytes.writeUInt32LE(letter.charCodeAt(0)), bytes);
      }),
    );
    const sentence = 'is text in UTF-32, which is not read; save it as "CSV UTF-8"';
    expect(await messageOf(content)).toBe(`table.csv: ${sentence}`);
    expect(await messageOf(gzipSync(content))).toBe(`table.csv, unpacked,: ${sentence}`);
  });

  it.each([
    ['ID;PW;T\nP;1;no\n4;5;no\n', 'ID', 'PW'],
    ['Not found|B|T\n1|2|no\n', 'Not found', 'B'],
    ['404|-|T\n---|2|no\n1|2|no\n', '404', '-'],
    ['TABLE,0,T\n1,2,no\n', 'TABLE', '0'],
  ])('a table is one though it begins like another file: %j', async (text, first, second) => {
    const columns = [first, second].map((source, index) => ({ ...definition().columns[index]!, source }));
    const { counts } = await ingest(text, { definition: { ...definition(), columns } });
    expect(counts.rows + counts.rejected).toBeGreaterThan(0);
  });

  it.each(['{x},B,T', '[A],B,T', '-- x,B,T', 'version,B,T', '%,B,T', 'outs,B,T', '<5,B,T', 'PAR,B,T'])(
    'a table with the header %s is one',
    async (header) => {
      const first = header.split(',')[0]!;
      const columns = definition().columns.map((one, index) => (index === 0 ? { ...one, source: first } : one));
      expect((await ingest(`${header}\n1,2,no\n`, { definition: definition({ columns }) })).counts.rows).toBe(1);
    },
  );
});

it('a table by zstd is read', async () => {
  const { counts } = await ingest(ZSTD, { name: 'table.csv.zst' });
  expect(counts).toMatchObject({ rows: 120, rejected: 0, positives: 80 });
});

describe('what a file unpacks to is bounded', () => {
  it('by bytes and by how much it grows, by zstd too', async () => {
    const path = join(await temporaryFolder(), 'bomb.csv.zst');
    await writeFile(path, repeated('1', 100));
    const read = async (limits: { bytes: number; ratio: number; freeBytes: number }) => {
      const text = await openText(path, 'bomb.csv.zst', 'auto', { limits });
      let bytes = 0;
      for await (const piece of text.pieces()) bytes += piece.length;
      return bytes;
    };
    expect(await read({ bytes: 1e9, ratio: 1e6, freeBytes: 1e6 })).toBe(100 * 2 ** 17);
    await expect(read({ bytes: 1e9, ratio: 50, freeBytes: 1e6 })).rejects.toThrow(
      '50 times its size, as no table does',
    );
    await expect(read({ bytes: 2e6, ratio: 1e9, freeBytes: 1e9 })).rejects.toThrow('more than 2000000 bytes');
  });

  it('by bytes and by how much it grows', async () => {
    const path = join(await temporaryFolder(), 'bomb.csv.gz');
    await writeFile(path, gzipSync(`A,B,T\n${'1,2,no\n'.repeat(500_000)}`));
    const read = async (limits: { bytes: number; ratio: number; freeBytes: number }) => {
      const text = await openText(path, 'bomb.csv.gz', 'auto', { limits });
      let bytes = 0;
      for await (const piece of text.pieces()) bytes += piece.length;
      return bytes;
    };
    expect(await read({ bytes: 1e9, ratio: 2000, freeBytes: 1e6 })).toBe(3_500_006);
    await expect(read({ bytes: 1e9, ratio: 50, freeBytes: 1e6 })).rejects.toThrow(
      '50 times its size, as no table does',
    );
    await expect(read({ bytes: 2e6, ratio: 2000, freeBytes: 1e9 })).rejects.toThrow('more than 2000000 bytes');
    expect(await read({ bytes: 1e9, ratio: 50, freeBytes: 1e8 })).toBe(3_500_006);
  });
});

it('any bytes end in rows or in a named failure', async () => {
  const folder = await temporaryFolder();
  const start = fc.constantFrom(
    '',
    'A,B,T\n',
    '\xff\xfe',
    '\xef\xbb\xbf',
    'sep=;\n',
    'PAR1',
    'A;B;T\n1;2;no\n',
    '\x1f\x8b\x08\0',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.string({ unit: fc.constantFrom(...Array.from('ABT,;\t|"\n\r 0.1#=\xe4\0')), maxLength: 80 }).map(latin),
  );
  await fc.assert(
    fc.asyncProperty(start, bytes, fc.boolean(), async (text, rest, packed) => {
      const content = Buffer.concat([latin(text), rest]);
      await ingest(packed ? gzipSync(content) : content, { folder }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(PipelineFailure);
      });
    }),
    { numRuns: 100 },
  );
});
