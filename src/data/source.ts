import { randomUUID } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFile } from '../store/files.js';
import { broken, codeOf } from './broken.js';
import { type Download, displayUrl, download } from './download.js';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from './download-limits.js';
import { downloadObject, type OpenObject } from './object-source.js';

/** First bytes of every Parquet file. */
const PARQUET_MAGIC = 'PAR1';

export type SourceFormat = 'csv' | 'parquet';

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
      return localSource(pathOf(url), url.href, signal);
    case 'http:':
    case 'https:':
      return remoteSource(displayUrl(url), directory, (path) => download(url, path, limits, signal));
    case 's3:':
      if (openObject === undefined)
        throw broken(
          'dataset.uri',
          'is an s3: address, and no bucket can be read here; copy the object to a local file',
        );
      return remoteSource(uri, directory, (path) => downloadObject(uri, path, openObject, limits, signal));
    default:
      throw broken(
        'dataset.uri',
        `the scheme ${url.protocol} is not supported; use an absolute path, file:, http:, https: or s3:`,
      );
  }
}

async function localSource(path: string, displayUri: string, signal?: AbortSignal): Promise<Source> {
  const place = basename(path);
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw broken(place, 'is a directory; name one CSV or Parquet file');
    if (!info.isFile()) throw broken(place, 'is not a regular file; name one CSV or Parquet file');
    if (info.size === 0) throw broken(place, 'is empty (0 bytes); it needs a header line and rows');
    const { sha256 } = await hashFile(path, signal);
    return { path, format: await formatOf(path), sha256, displayUri: displayUri.replace(/[?#].*$/, '') };
  } catch (error) {
    const sentence = UNREADABLE[codeOf(error)];
    throw sentence === undefined ? error : broken(place, sentence);
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
    throw broken(displayUri, 'is empty (0 bytes); it needs a header line and rows');
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
  throw broken('dataset.uri', 'is neither an absolute path nor a file:, http:, https: or s3: address');
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw broken('dataset.uri', 'is a file: address without an absolute local path; write file:///folder/file.csv', {
      cause: error,
    });
  }
}
