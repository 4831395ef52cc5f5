import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dataset, definition, ingest, type IngestDefinition, temporaryFolder } from './fixtures.js';

/** Made-up, and unlike anything else in a message. */
const SECRETS = ['Zzyzx', 'Quuxley', '771177', '998877'];
const expectNoSecret = (text: string) => {
  for (const secret of SECRETS) expect(text).not.toContain(secret);
};

const GOOD = '771177,Zzyzx,1,2,yes\n998877,"Quuxley, ""Q""",3,4,no\n';
const STRICT: IngestDefinition = definition({ dataset: dataset({ maxRejectedShare: 0 }) });

describe('names and row numbers', () => {
  it.each([
    ['a regular file', `Id,Name,A,B,T\n${GOOD}`],
    ['an irregular file', `Id,Name,A,B,T\n\n${GOOD}998877,"Quuxley\nZzyzx",Zzyzx,1,Quuxley\n771177,Zzyzx\n`],
  ])('of %s do not get into the Parquet file or the result', async (_, content) => {
    const { counts, outputPath } = await ingest(content);
    expect(counts.rows).toBe(2);
    expectNoSecret(JSON.stringify(counts));
    expectNoSecret((await readFile(outputPath)).toString('latin1'));
  });

  it.each([
    ['wrong cells', 'Id,Name,A,B,T\n1,Quuxley,Zzyzx,771177,Quuxley\n'],
    ['ragged rows', 'Id,Name,A,B,T\n998877,Quuxley,Zzyzx\n'],
    ['text behind quotes', 'Id,Name,A,B,T\n998877,"Quuxley"Zzyzx,1,1,no\n'],
    ['an open quote', 'Id,Name,A,B,T\n998877,"Quuxley,Zzyzx,1,1,no\n'],
    ['a NUL byte', 'Id,Name,A,B,T\n998877,Quuxley\0,Zzyzx,1,1,no\n'],
    ['no header line', '998877,Quuxley,1,1,no\n771177,Zzyzx,1,1,no\n'],
    ['a header line of names', 'Quuxley,Zzyzx,A\nQuuxley,Zzyzx,1\n'],
    ['a bad number of many', `Id,Name,A,B,T\n${GOOD.repeat(3000)}771177,Zzyzx,Quuxley,1,no\n`],
    ['no Parquet', 'PAR1 Zzyzx Quuxley 771177'],
  ])('are in no error about %s', async (_, content) => {
    const folder = await temporaryFolder();
    const failure = await ingest(content, { folder, definition: STRICT }).then(
      () => null,
      (error: unknown) => error as Error,
    );
    expect(failure?.message).toContain('table.csv');
    expectNoSecret(inspect(failure, { depth: null }));
  });
});
