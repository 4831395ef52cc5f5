import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { DEFAULT_DOWNLOAD_LIMITS } from '../../../src/data/download-limits.js';
import { fetchSource } from '../../../src/data/source.js';
import { temporaryFolder } from './fixtures.js';
import { serve } from '../../support/serve.js';

const BODY = 'A,B,T\n1,2,no\n';
const SHA256 = createHash('sha256').update(BODY).digest('hex');

describe('fetchSource of a local file', () => {
  it.each([
    ['table.csv', BODY, 'csv'],
    ['table.parquet', BODY, 'csv'],
    ['table.data', 'PAR1...', 'parquet'],
    ['table', BODY, 'csv'],
    ['table #2 of 50%? yes.csv', BODY, 'csv'],
  ])('%s stays where it is and is hashed', async (name, content, format) => {
    const folder = await temporaryFolder();
    const path = join(folder, name);
    await writeFile(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await fetchSource(path, folder)).toEqual({ path, format, sha256, displayUri: path });
    const { href } = pathToFileURL(path);
    expect(await fetchSource(href, folder)).toEqual({ path, format, sha256, displayUri: href });
    expect(await readdir(folder)).toEqual([name]);
  });
});

/** From servers of this machine, which tests are. */
const fetchHere = (uri: string, folder: string, signal?: AbortSignal) =>
  fetchSource(uri, folder, signal, undefined, { ...DEFAULT_DOWNLOAD_LIMITS, hosts: ['127.0.0.1'] });

describe('fetchSource of an http address', () => {
  it('streams to a file, following redirects, with credentials as a header and out of sight', async () => {
    const folder = await temporaryFolder();
    const origin = await serve((request, response) => {
      if (request.headers.authorization !== `Basic ${Buffer.from('me:pass word').toString('base64')}`) {
        response.writeHead(401).end();
      } else if (request.url?.startsWith('/old')) response.writeHead(302, { location: '/new.csv' }).end();
      else response.end(BODY);
    });
    const uri = `${origin.replace('//', '//me:pass%20word@')}/old.csv?token=secret#part`;
    const source = await fetchHere(uri, folder);
    expect(source).toMatchObject({ format: 'csv', sha256: SHA256, displayUri: `${origin}/old.csv` });
    expect(await readFile(source.path, 'utf8')).toBe(BODY);
  });

  it('refuses credentials that cannot be decoded, without telling them', async () => {
    const folder = await temporaryFolder();
    const failure: unknown = await fetchHere('http://me:50%@127.0.0.1:9/x.csv', folder).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PipelineFailure);
    expect((failure as Error).message).toBe(
      'http://127.0.0.1:9/x.csv: the credentials in the address hold a % that encodes no letter; write %25 for a % in them',
    );
  });

  it.each([404, 403, 410])('is a data problem when the answer is %d', async (status) => {
    const folder = await temporaryFolder();
    const origin = await serve((_, response) => response.writeHead(status).end('not here'));
    const failure: unknown = await fetchHere(`${origin}/x.csv?token=secret`, folder).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PipelineFailure);
    expect((failure as Error).message).toContain(`${origin}/x.csv: the server answered with status ${status}`);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([500, 503, 429])('may be tried again when the answer is %d', async (status) => {
    const origin = await serve((_, response) => response.writeHead(status).end());
    const failure: unknown = await fetchHere(`${origin}/x.csv`, await temporaryFolder()).catch(
      (error: unknown) => error,
    );
    expect(failure).not.toBeInstanceOf(PipelineFailure);
    expect((failure as Error).message).toContain(`status ${status}`);
  });

  it('may be tried again when the connection is cut, and leaves nothing', async () => {
    const folder = await temporaryFolder();
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(BODY);
      setTimeout(() => response.destroy(), 50);
    });
    const failure: unknown = await fetchHere(`${origin}/x.csv`, folder).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(PipelineFailure);
    expect((failure as Error).message).toContain(`${origin}/x.csv: the connection was cut after ${BODY.length} bytes`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('may be tried again when nobody listens', async () => {
    const origin = await serve((_, response) => response.end());
    const free = origin.replace(/\d+$/, '1');
    const failure: unknown = await fetchHere(`${free}/x.csv`, await temporaryFolder()).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(PipelineFailure);
    expect((failure as Error).message).toContain('could not be reached');
  });

  it('is a data problem when there is no byte', async () => {
    const folder = await temporaryFolder();
    const origin = await serve((_, response) => response.end());
    await expect(fetchHere(`${origin}/x.csv`, folder)).rejects.toThrow('is empty (0 bytes)');
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops when asked', async () => {
    const folder = await temporaryFolder();
    const control = new AbortController();
    const origin = await serve((_, response) => {
      response.write(BODY);
      setTimeout(() => control.abort(new Error('asked')), 50);
    });
    await expect(fetchHere(`${origin}/x.csv`, folder, control.signal)).rejects.toThrow('asked');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('fetchSource of an s3 address', () => {
  const URI = 's3://data/2026/q1 table.csv';
  const open = (parts: Buffer[]) => (uri: string) => Promise.resolve(uri === URI ? Readable.from(parts) : null);

  it('streams the object to a file', async () => {
    const folder = await temporaryFolder();
    const source = await fetchSource(
      URI,
      folder,
      undefined,
      open([Buffer.from(BODY.slice(0, 5)), Buffer.from(BODY.slice(5))]),
    );
    expect(source).toEqual({ path: source.path, format: 'csv', sha256: SHA256, displayUri: URI });
    expect(await readFile(source.path, 'utf8')).toBe(BODY);
  });

  it.each([
    ['s3://data/other.csv', 's3://data/other.csv: does not exist'],
    ['s3://data', 's3: address without an object'],
    ['s3://data/folder/', 's3: address without an object'],
    ['s3://data/a.csv?versionId=secret', 's3: address without an object'],
  ])('refuses %s', async (uri, sentence) => {
    const folder = await temporaryFolder();
    const refusal = expect(fetchSource(uri, folder, undefined, open([]))).rejects;
    await refusal.toMatchObject({ type: 'DataContract', message: expect.stringContaining(sentence) as string });
    await refusal.not.toThrow('secret');
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses an empty object and leaves nothing of one that breaks off', async () => {
    const folder = await temporaryFolder();
    await expect(fetchSource(URI, folder, undefined, open([]))).rejects.toThrow('is empty (0 bytes)');
    const breaking = () =>
      Promise.resolve(
        (async function* () {
          yield Buffer.from(BODY);
          await Promise.reject(new Error('cut'));
        })(),
      );
    await expect(fetchSource(URI, folder, undefined, breaking)).rejects.toThrow('cut');
    expect(await readdir(folder)).toEqual([]);
  });
});
