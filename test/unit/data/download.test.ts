import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../../src/data/download.js';
import {
  DEFAULT_DOWNLOAD_LIMITS,
  type DownloadLimits,
  isPrivateAddress,
  publicLookup,
} from '../../../src/data/download-limits.js';
import { downloadObject } from '../../../src/data/source.js';
import { serve } from '../../support/serve.js';
import { temporaryFolder } from './fixtures.js';

const BODY = 'A,B\n1,2\n';
const LOCAL: DownloadLimits = { ...DEFAULT_DOWNLOAD_LIMITS, hosts: ['127.0.0.1'] };

/** How a download ends: the file's text, or the failure. */
async function fetched(address: string, limits = LOCAL): Promise<{ text?: string; type?: string; message?: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  try {
    await download(new URL(address), path, limits);
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    expect(await readdir(folder)).toEqual([]);
    return { type: (error as { type?: string }).type ?? 'Error', message: (error as Error).message };
  }
}

const redirect = (to: string) => serve((_, response) => response.writeHead(302, { location: to }).end());

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ...['169.254.170.2', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', '198.18.0.1', '192.0.0.192'],
    ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', 'fc00::1', 'ff02::1', '::ffff:127.0.0.1'],
    ...['::ffff:169.254.169.254', '::ffff:a00:1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', 'nonsense', ''],
    ...['168.63.129.16', '::ffff:0:127.0.0.1', '2001:0:7f00:1::', '2001:10::1', '3fff::1', '5f00::1'],
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '11.0.0.1',
    '128.0.0.1',
    '168.63.129.17',
    '2606:4700::1111',
    '2001:200::1',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false));

  it('of a name are all looked at before one is used', async () => {
    for (const all of [true, false]) {
      const reported = await new Promise<unknown>((resolve) => publicLookup('localhost', { all }, resolve));
      expect(reported).toMatchObject({ message: expect.stringMatching(/private address (127\.|::1)/) as string });
    }
  });
});

describe('a download', () => {
  it.each([
    'http://127.0.0.1:1/x.csv',
    'http://localhost:1/x.csv',
    'http://2130706433/x.csv',
    'http://0177.0.0.1/x.csv',
    'http://0x7f.1/x.csv',
    'http://127.1/x.csv',
    'http://[::1]:1/x.csv',
    'http://[::ffff:127.0.0.1]/x.csv',
    'http://[::ffff:a9fe:a9fe]/latest/meta-data/iam/security-credentials/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://10.0.0.1/x.csv',
    'http://0/x.csv',
    'https://192.168.0.1/x.csv',
  ])('reaches nothing inside: %s', async (address) => {
    expect(await fetched(address, DEFAULT_DOWNLOAD_LIMITS)).toMatchObject({
      type: 'DataContract',
      message: expect.stringMatching(
        /private network.*set MLOPS_DOWNLOAD_HOSTS=\S+ for the process that downloads/,
      ) as string,
    });
  });

  it('reaches what a setting allows, with its port where that is given', async () => {
    const origin = await serve((_, response) => response.end(BODY));
    const { host, port } = new URL(origin);
    expect(await fetched(`${origin}/x.csv`)).toEqual({ text: BODY });
    expect(await fetched(`${origin}/x.csv`, { ...LOCAL, hosts: [host] })).toEqual({ text: BODY });
    expect(await fetched(`http://localhost:${port}/x.csv`, { ...LOCAL, hosts: ['localhost'] })).toEqual({ text: BODY });
    for (const hosts of [[], ['127.0.0.1:1'], ['example.org'], ['27.0.0.1']])
      expect(await fetched(`${origin}/x.csv`, { ...LOCAL, hosts })).toMatchObject({ type: 'DataContract' });
  });

  it('checks every address that it is led to', async () => {
    let asked = 0;
    const inside = await serve((_, response) => {
      asked++;
      response.end('secret');
    });
    const { port } = new URL(inside);
    for (const target of [
      `http://127.0.0.2:${port}/`,
      `http://localhost:${port}/`,
      'http://169.254.169.254/',
      `http://[::ffff:7f00:2]:${port}/`,
    ]) {
      const origin = await redirect(target);
      expect(await fetched(origin, { ...LOCAL, hosts: [new URL(origin).host] })).toMatchObject({
        type: 'DataContract',
        message: expect.stringContaining('MLOPS_DOWNLOAD_HOSTS') as string,
      });
    }
    expect(asked).toBe(0);
  });

  it.each([
    ['file:///etc/passwd', 'other than an http: or https: address'],
    ['ftp://host/x', 'other than an http: or https: address'],
    ['javascript:alert(1)', 'other than an http: or https: address'],
    ['http://', 'other than an http: or https: address'],
  ])('is not led to %s', async (target, message) => {
    expect(await fetched(await redirect(target))).toMatchObject({
      type: 'DataContract',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is led on ten times at most', async () => {
    let asked = 0;
    const origin = await serve((_, response) => response.writeHead(302, { location: `/${++asked}` }).end());
    expect(await fetched(origin)).toMatchObject({
      type: 'DataContract',
      message: expect.stringContaining('more than 10 times') as string,
    });
    expect(asked).toBe(11);
  });

  it('tells credentials to the server that they are for alone', async () => {
    const heard: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      heard.push(request.headers.authorization);
      response.end(BODY);
    });
    const origin = await serve((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(302, { location: request.url === '/a' ? '/b' : other }).end();
    });
    expect(await fetched(`${origin.replace('//', '//me:word@')}/a`)).toEqual({ text: BODY });
    const basic = `Basic ${Buffer.from('me:word').toString('base64')}`;
    expect(heard).toEqual([basic, basic, undefined]);
  });

  it('has a bound in bytes, said before, while and after it is unpacked', async () => {
    const limits = { ...LOCAL, maxBytes: 1000 };
    const reported = {
      type: 'DataContract',
      message: expect.stringContaining('has more than 1000 bytes, the most that is downloaded') as string,
    };
    const announced = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('x');
    });
    expect(await fetched(announced, limits)).toMatchObject(reported);
    const endless = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(100)), 1);
      response.once('close', () => clearInterval(timer));
    });
    expect(await fetched(endless, limits)).toMatchObject(reported);
    const bomb = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
    );
    expect(await fetched(bomb, limits)).toMatchObject(reported);
    const packed = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(BODY)),
    );
    expect(await fetched(packed, limits)).toEqual({ text: BODY });
  });

  it('is given up when the server falls silent, before an answer or within it', async () => {
    const limits = { ...LOCAL, idleMs: 200 };
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await fetched(`http://127.0.0.1:${port}/x`, limits)).toEqual({
      type: 'Error',
      message: `http://127.0.0.1:${port}/x: the server sent nothing for 0.2 s`,
    });
    const hinting = await serve((_, response) => {
      const timer = setInterval(() => response.writeEarlyHints({ link: '</x.css>; rel=preload' }), 20);
      response.once('close', () => clearInterval(timer));
    });
    expect(await fetched(`${hinting}/x`, limits)).toMatchObject({
      message: expect.stringMatching(/nothing for 0.2 s$/) as string,
    });
    const half = await serve((_, response) => {
      response.writeHead(200);
      response.write(BODY);
    });
    expect(await fetched(`${half}/x`, limits)).toEqual({
      type: 'Error',
      message: `${half}/x: the server sent nothing for 0.2 s after ${BODY.length} bytes`,
    });
  });
});

describe('an object of a bucket', () => {
  const limits = { ...DEFAULT_DOWNLOAD_LIMITS, maxBytes: 1000, idleMs: 200 };
  const end = async (body: AsyncIterable<Uint8Array>) => {
    const folder = await temporaryFolder();
    const failure: unknown = await downloadObject(
      's3://bucket/x.csv',
      join(folder, 'file'),
      () => Promise.resolve(body),
      limits,
    ).catch((error: unknown) => error);
    expect(await readdir(folder)).toEqual([]);
    return failure;
  };

  it('has a bound in bytes as well', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield new Uint8Array(100);
      })(),
    );
    expect(await end(endless)).toMatchObject({
      type: 'DataContract',
      message: expect.stringContaining('has more than 1000 bytes') as string,
    });
  });

  it('is given up when nothing comes any more', async () => {
    const silent = (async function* () {
      yield new Uint8Array(10);
      await new Promise(() => undefined);
    })();
    expect(await end(silent)).toMatchObject({
      message: 's3://bucket/x.csv: the bucket sent nothing for 0.2 s after 10 bytes',
    });
  });
});
