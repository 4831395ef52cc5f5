import type { Objects } from '../store/objects.js';
import { createS3Client } from './s3-client.js';
import { createS3Objects } from './s3-objects.js';
import { parseS3Uri, type S3Settings } from './s3-settings.js';

/** Objects below `s3://bucket/prefix`. Nothing is asked of the bucket yet. @throws Error for another address */
export function openS3Folder(uri: string, settings: S3Settings): Objects {
  const place = parseS3Uri(uri);
  if (place === null) throw new Error(`${uri} is not an address of a bucket; give one like s3://bucket/prefix.`);
  return createS3Objects(createS3Client(settings), place, settings.kmsKey);
}
