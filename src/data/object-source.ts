import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { broken } from './broken.js';
import type { Download } from './download.js';

/** Bytes of the object at an `s3://bucket/key` address, `null` when there is none. */
export type OpenObject = (uri: string) => Promise<AsyncIterable<Uint8Array> | null>;

/**
 * Streams an object of a bucket into a new file; nothing is left behind when that fails.
 * @throws DataContract when there is none or the address names none
 */
export async function downloadObject(
  uri: string,
  path: string,
  open: OpenObject,
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
      hash.update(chunk);
      bytes += chunk.byteLength;
      done(null, chunk);
    },
  });
  try {
    await pipeline(body, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }), signal ? { signal } : {});
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { sha256: hash.digest('hex'), bytes };
}
