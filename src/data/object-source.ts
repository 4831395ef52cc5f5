import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { broken } from './broken.js';
import { type Download, tooLarge } from './download.js';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from './download-limits.js';

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
    throw broken('dataset.uri', 'is an s3: address without an object; write s3://bucket/folder/file.csv');
  const body = await open(uri);
  if (body === null) throw broken(uri, 'does not exist; check the bucket and the key in dataset.uri');
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
