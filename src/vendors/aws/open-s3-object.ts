import { openS3Folder } from './open-s3-folder.js';
import type { S3Settings } from './s3-settings.js';

/** Bytes of the object at `s3://bucket/key`, `null` when there is none. @throws Error for another address */
export async function openS3Object(uri: string, settings: S3Settings): Promise<AsyncIterable<Uint8Array> | null> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const objects = openS3Folder(`s3://${bucket}`, settings);
  return (await objects.size(key)) === null ? null : objects.open(key);
}
