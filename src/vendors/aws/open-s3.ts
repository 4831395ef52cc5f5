import type { Objects } from '../../store/objects.js';
import type { S3Location, S3Settings } from './objects.js';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** `null` for what is not `s3://bucket` or `s3://bucket/prefix`. */
export function parseS3Uri(uri: string): S3Location | null {
  const match = /^s3:\/\/([^/?#]+)(?:\/([^?#]*))?$/.exec(uri);
  const [, bucket = '', path = ''] = match ?? [];
  if (!BUCKET.test(bucket) || /^\/|\/\//.test(path)) return null;
  const prefix = path.replace(/\/$/, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

/**
 * Objects below `s3://bucket/prefix`. Nothing is asked of the bucket yet, and the SDK is loaded with the first use: where
 * everything is in files, no process and no thread waits for it.
 * @throws Error for another address
 */
export function openS3Folder(uri: string, settings: S3Settings): Objects {
  const place = parseS3Uri(uri);
  if (place === null) throw new Error(`${uri} is not an address of a bucket; give one like s3://bucket/prefix.`);
  const load = async () => {
    const { createS3Client, createS3Objects } = await import('./objects.js');
    return createS3Objects(createS3Client(settings), place, settings.kmsKey);
  };
  let loaded: Promise<Objects> | undefined;
  const objects = () => (loaded ??= load());
  return {
    get: async (key) => (await objects()).get(key),
    async *open(key) {
      yield* (await objects()).open(key);
    },
    size: async (key) => (await objects()).size(key),
    put: async (key, bytes, condition) => (await objects()).put(key, bytes, condition),
    putFile: async (key, path) => (await objects()).putFile(key, path),
    list: async (prefix) => (await objects()).list(prefix),
    entries: async (prefix) => (await objects()).entries(prefix),
    delete: async (key) => (await objects()).delete(key),
    append: null,
    path: () => null,
  };
}

/** Bytes of the object at `s3://bucket/key`, `null` when there is none. @throws Error for another address */
export async function openS3Object(uri: string, settings: S3Settings): Promise<AsyncIterable<Uint8Array> | null> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const objects = openS3Folder(`s3://${bucket}`, settings);
  return (await objects.size(key)) === null ? null : objects.open(key);
}
