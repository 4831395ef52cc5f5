import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { broken, codeOf } from './broken.js';

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
 * Throws DataContract for an answer that will stay as it is (403, 404, ...) and a plain Error for what may pass (5xx,
 * a cut connection); nothing is left behind then.
 */
export async function download(url: URL, path: string, signal?: AbortSignal): Promise<Download> {
  const place = displayUrl(url);
  const response = await request(url, place, signal);
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    const found = `the server answered with status ${response.status}`;
    if (response.status >= 500 || PASSING_STATUS.has(response.status)) throw new Error(`${place}: ${found}`);
    throw broken(place, `${found}; check the address and whether it may be read without signing in`);
  }
  try {
    return await save(response, path, place, signal);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function request(url: URL, place: string, signal?: AbortSignal): Promise<Response> {
  const { address, headers } = separateCredentials(url);
  try {
    return await fetch(address, { headers, redirect: 'follow', ...(signal ? { signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${place}: the server could not be reached${because(error)}`, { cause: error });
  }
}

async function save(response: Response, path: string, place: string, signal?: AbortSignal): Promise<Download> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    if (response.body !== null) {
      const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      for (;;) {
        const { done, value } = await readPart(reader, place, bytes, signal);
        if (done) break;
        hash.update(value);
        await file.write(value);
        bytes += value.byteLength;
      }
    }
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function readPart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  place: string,
  bytes: number,
  signal?: AbortSignal,
): Promise<{ done: true; value?: undefined } | { done: false; value: Uint8Array }> {
  try {
    const part = await reader.read();
    return part.done ? { done: true } : { done: false, value: part.value };
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${place}: the connection was cut after ${bytes} bytes${because(error)}`, { cause: error });
  }
}

/** `fetch` refuses an address with credentials: they travel as a header. */
function separateCredentials(url: URL): { address: URL; headers: Record<string, string> } {
  const address = new URL(url);
  if (url.username === '' && url.password === '') return { address, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  address.username = '';
  address.password = '';
  return { address, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

function because(error: unknown): string {
  const code = codeOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return code === '' ? '' : ` (${code})`;
}
