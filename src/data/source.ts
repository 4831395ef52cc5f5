import { randomUUID, createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { hashFile } from '../store/files.js';
import { dataFault, codeOf } from './data-fault.js';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from './download-limits.js';
import { type Download, displayUrl, download, tooLarge } from './download.js';

/** First bytes of every Parquet file. */
const PARQUET_MAGIC = 'PAR1';

type SourceFormat = 'csv' | 'parquet';

/** A source file on this machine, hashed. */
export interface Source {
  /** Where to read it: the local file itself, or a downloaded copy. */
  path: string;
  format: SourceFormat;
  /** Lower-case hexadecimal SHA-256 of its bytes. */
  sha256: string;
  /** Where it came from, without query string or credentials. */
  displayUri: string;
}

/** How messages call a source: the file name, or the address without query and credentials. */
export function placeOf(source: Pick<Source, 'displayUri'>): string {
  return /^(https?|s3):/.test(source.displayUri) ? source.displayUri : basename(source.displayUri);
}

/**
 * Makes the source readable here. Local files stay where they are; http(s) and s3 addresses are streamed into a new file in
 * `directory`, which the caller removes.
 * @param openObject how to read `s3://bucket/key`; without it they are refused
 * @param limits what a download may take, and which private hosts it may go to: none by default
 * @throws DataContract when it is missing, a directory, empty, not readable or of a scheme we do not read; a plain
 * Error when the network is at fault, so that a retry may mend it.
 */
export async function fetchSource(
  uri: string,
  directory: string,
  signal?: AbortSignal,
  openObject?: OpenObject,
  limits: DownloadLimits = DEFAULT_DOWNLOAD_LIMITS,
): Promise<Source> {
  signal?.throwIfAborted();
  if (isAbsolute(uri)) return localSource(uri, uri, signal);
  const url = parseUri(uri);
  switch (url.protocol) {
    case 'file:':
      return localSource(pathOf(url), url.href.replace(/[?#].*$/, ''), signal);
    case 'http:':
    case 'https:':
      return remoteSource(displayUrl(url), directory, (path) => download(url, path, limits, signal));
    case 's3:':
      if (openObject === undefined)
        throw dataFault(
          'dataset.uri',
          'is an s3: address, and no bucket can be read here; copy the object to a local file',
        );
      return remoteSource(uri, directory, (path) => downloadObject(uri, path, openObject, limits, signal));
    default:
      throw dataFault(
        'dataset.uri',
        `the scheme ${url.protocol} is not supported; use an absolute path, file:, http:, https: or s3:`,
      );
  }
}

async function localSource(path: string, displayUri: string, signal?: AbortSignal): Promise<Source> {
  const place = basename(path);
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw dataFault(place, 'is a directory; name one CSV or Parquet file');
    if (!info.isFile()) throw dataFault(place, 'is not a regular file; name one CSV or Parquet file');
    if (info.size === 0) throw dataFault(place, 'is empty (0 bytes); it needs a header line and rows');
    const { sha256 } = await hashFile(path, signal);
    return { path, format: await formatOf(path), sha256, displayUri };
  } catch (error) {
    const sentence = UNREADABLE[codeOf(error)];
    throw sentence === undefined ? error : dataFault(place, sentence);
  }
}

const UNREADABLE: Partial<Record<string, string>> = {
  ENOENT: 'does not exist; check the path in dataset.uri',
  ENOTDIR: 'does not exist; check the path in dataset.uri',
  EACCES: 'may not be read by this user; grant read permission',
  EPERM: 'may not be read by this user; grant read permission',
};

async function remoteSource(
  displayUri: string,
  directory: string,
  fetchInto: (path: string) => Promise<Download>,
): Promise<Source> {
  const path = join(directory, `source-${randomUUID()}.download`);
  const { sha256, bytes } = await fetchInto(path);
  if (bytes === 0) {
    await rm(path, { force: true });
    throw dataFault(displayUri, 'is empty (0 bytes); it needs a header line and rows');
  }
  return { path, format: await formatOf(path), sha256, displayUri };
}

/** By its first bytes, whatever it is called; what is neither is refused by whoever reads it as CSV. */
async function formatOf(path: string): Promise<SourceFormat> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PARQUET_MAGIC.length), 0, PARQUET_MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === PARQUET_MAGIC ? 'parquet' : 'csv';
  } finally {
    await file.close();
  }
}

function parseUri(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url !== null) return url;
  throw dataFault('dataset.uri', 'is neither an absolute path nor a file:, http:, https: or s3: address');
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw dataFault('dataset.uri', 'is a file: address without an absolute local path; write file:///folder/file.csv', {
      cause: error,
    });
  }
}

/** Bytes of the object at an `s3://bucket/key` address, `null` when there is none. */
export type OpenObject = (uri: string) => Promise<AsyncIterable<Uint8Array> | null>;

/**
 * Streams an object of a bucket into a new file; nothing is left behind when that fails.
 * @throws DataContract when there is none, the address names none or it is too large, a plain Error when nothing comes any more
 */
export async function downloadObject(
  uri: string,
  path: string,
  open: OpenObject,
  limits: DownloadLimits = DEFAULT_DOWNLOAD_LIMITS,
  signal?: AbortSignal,
): Promise<Download> {
  if (!/^s3:\/\/[^/?#]+\/[^?#]*[^/?#]$/.test(uri))
    throw dataFault('dataset.uri', 'is an s3: address without an object; write s3://bucket/folder/file.csv');
  const body = await open(uri);
  if (body === null) throw dataFault(uri, 'does not exist; check the bucket and the key in dataset.uri');
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) {
        done(tooLarge(uri, limits));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const silence = () =>
      new Error(`${uri}: the bucket sent nothing for ${limits.idleMs / 1000} s after ${bytes} bytes`);
    await pipeline(
      unlessSilent(body, limits.idleMs, silence),
      count,
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
      signal ? { signal } : {},
    );
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The same parts, until none comes for so long. */
async function* unlessSilent(
  body: AsyncIterable<Uint8Array>,
  idleMs: number,
  silence: () => Error,
): AsyncGenerator<Uint8Array> {
  const parts = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silent = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(silence()), idleMs)));
      const part = await Promise.race([parts.next(), silent]).finally(() => clearTimeout(timer));
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    parts.return?.().catch(() => undefined); // a part that never comes is not waited for
  }
}
