import { GetObjectLockConfigurationCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DAY_MS } from '../../contracts/text.js';
import type { KeptObjects } from '../../registry/stored-anchor.js';
import type { Objects } from '../../store/objects.js';
import { isPassing } from '../http/exchange.js';
import { statusOf, translated } from './client.js';
import type { S3Location } from './objects.js';

/**
 * Objects that are kept for a time: where the bucket has Object Lock, nobody, not even its owner, can change or delete
 * them before it is over (mode COMPLIANCE). Elsewhere they are written once, and the bucket's policy is what keeps them.
 */
export function createS3Anchor(
  client: S3Client,
  { bucket, prefix }: S3Location,
  objects: Objects,
  { days, now }: { days: number; now: () => Date },
): KeptObjects {
  let asked: Promise<boolean> | null = null;
  const locks = () =>
    (asked ??= hasObjectLock(client, bucket).catch((error: unknown) => {
      asked = null; // asked again with the next head
      throw error;
    }));

  return {
    list: (start) => objects.list(start),
    get: (key) => objects.get(key),

    async keep(key, bytes) {
      if ((await objects.get(key)) !== null) return;
      if (!(await locks())) {
        await objects.put(key, bytes, 'when-absent');
        return;
      }
      const ObjectLockRetainUntilDate = new Date(now().getTime() + days * DAY_MS);
      const lock = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate } as const;
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `${prefix}${key}`,
            Body: bytes,
            ContentType: 'application/json',
            ...lock,
          }),
        );
      } catch (error) {
        throw translated(error, `Anchoring ${key} in bucket ${bucket}`);
      }
    },
  };
}

/** What a service answers that knows no such thing; no other try helps. */
const NOT_IMPLEMENTED = 501;

/**
 * False also where it may not be asked, or the service knows no such thing.
 * @throws Error, worth another try, when there is no answer: an object written without its lock could never get it
 */
async function hasObjectLock(client: S3Client, Bucket: string): Promise<boolean> {
  try {
    const { ObjectLockConfiguration: found } = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    return found?.ObjectLockEnabled === 'Enabled';
  } catch (error) {
    const status = statusOf(error);
    if (status === NOT_IMPLEMENTED || (status !== undefined && !isPassing(status))) return false;
    throw translated(error, `Asking bucket ${Bucket} for its Object Lock`);
  }
}
