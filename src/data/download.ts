import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineFailure } from '../contracts/failures.js';
import { broken } from './broken.js';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from './download-limits.js';
import { because, follow, type Hop } from './hop.js';

/** Client errors that pass by themselves: request timeout, too early, too many requests. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

export interface Download {
  /** Lower-case hexadecimal SHA-256 of the body. */
  sha256: string;
  bytes: number;
}

/** An http(s) address without credentials, query and fragment: fit for messages and results. */
export function displayUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * Streams an http(s) address into a new file, following redirects.
 * Throws DataContract for an answer that will stay as it is (403, 404, ..., too large, a private address) and a plain Error
 * for what may pass (5xx, a cut or silent connection); nothing is left behind then.
 */
export async function download(
  url: URL,
  path: string,
  limits: DownloadLimits = DEFAULT_DOWNLOAD_LIMITS,
  signal?: AbortSignal,
): Promise<Download> {
  const place = displayUrl(url);
  const hop = await follow(url, place, limits, authorizationOf(url), signal);
  const { statusCode = 0, headers } = hop.response;
  try {
    if (statusCode < 200 || statusCode > 299) {
      const found = `the server answered with status ${statusCode}`;
      if (statusCode >= 500 || PASSING_STATUS.has(statusCode)) throw new Error(`${place}: ${found}`);
      throw broken(place, `${found}; check the address and whether it may be read without signing in`);
    }
    if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(place, limits);
    return await save(hop, path, place, limits, signal);
  } finally {
    hop.response.destroy();
  }
}

/** What a download or an object beyond the limit is refused with. */
export const tooLarge = (place: string, { maxBytes }: DownloadLimits): PipelineFailure =>
  broken(
    place,
    `has more than ${maxBytes} bytes, the most that is downloaded; take a part of it, or set MLOPS_DOWNLOAD_MAX_MIB to a higher limit`,
  );

async function save(
  hop: Hop,
  path: string,
  place: string,
  limits: DownloadLimits,
  signal?: AbortSignal,
): Promise<Download> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const part of bodyOf(hop.response) as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength;
      if (bytes > limits.maxBytes) throw tooLarge(place, limits);
      hash.update(part);
      await file.write(part);
    }
  } catch (error) {
    await rm(path, { force: true });
    signal?.throwIfAborted();
    if (error instanceof PipelineFailure) throw error;
    if (hop.isIdle())
      throw new Error(`${place}: the server sent nothing for ${limits.idleMs / 1000} s after ${bytes} bytes`, {
        cause: error,
      });
    throw new Error(`${place}: the connection was cut after ${bytes} bytes${because(error)}`, { cause: error });
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The body as it is meant: servers may pack it for the way, whatever they are asked. */
function bodyOf(response: IncomingMessage): Readable {
  if (!/^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '')) return response;
  const body = createGunzip();
  pipeline(response, body, () => undefined); // its error is that of the body
  return body;
}

/** Credentials of an address travel as a header. */
function authorizationOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
