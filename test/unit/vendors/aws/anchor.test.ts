import type { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { createS3Anchor } from '../../../../src/vendors/aws/anchor.js';
import { createMemoryObjects } from '../../../../src/testing/memory-objects.js';

const BYTES = new TextEncoder().encode('head');
const now = () => new Date('2026-01-02T03:04:05Z');

/** The error of an answer with this status, or of none. */
const failed = (status?: number) => Object.assign(new Error('no'), { $metadata: { httpStatusCode: status } });

/** A bucket with or without Object Lock, which fails to tell of it as often as `failures` says, and what it was sent. */
function bucketWith(lock: string | null, ...failures: (number | undefined)[]) {
  const sent: object[] = [];
  const send = (command: { constructor: { name: string }; input: object }) => {
    if (command.constructor.name === 'GetObjectLockConfigurationCommand') {
      if (failures.length > 0) return Promise.reject(failed(failures.shift()));
      return lock === null
        ? Promise.reject(failed(404))
        : Promise.resolve({ ObjectLockConfiguration: { ObjectLockEnabled: lock } });
    }
    return Promise.resolve(void sent.push(command.input));
  };
  const objects = createMemoryObjects();
  const place = { bucket: 'anchors', prefix: 'logs/' };
  const anchor = createS3Anchor({ send } as unknown as S3Client, place, objects, { days: 30, now });
  return { anchor, objects, sent };
}

it('keeps a head for its days where the bucket has Object Lock, so that nobody can delete it', async () => {
  const { anchor, sent } = bucketWith('Enabled');
  await anchor.keep('anemia/0000000007.json', BYTES);
  expect(sent).toEqual([
    {
      ...{ Bucket: 'anchors', Key: 'logs/anemia/0000000007.json', Body: BYTES, ContentType: 'application/json' },
      ...{ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date('2026-02-01T03:04:05Z') },
    },
  ]);
});

it('writes it once where the bucket has none', async () => {
  const { anchor, objects, sent } = bucketWith(null);
  await anchor.keep('anemia/0000000007.json', BYTES);
  await anchor.keep('anemia/0000000007.json', new TextEncoder().encode('another'));
  expect((await objects.get('anemia/0000000007.json'))?.bytes).toEqual(BYTES);
  expect(sent).toEqual([]);
});

it.each([403, 405, 501])(
  'writes it once where the service answers the question for Object Lock with %i',
  async (status) => {
    const { anchor, objects, sent } = bucketWith('Enabled', status);
    await anchor.keep('anemia/0000000007.json', BYTES);
    expect(await objects.list('')).toEqual(['anemia/0000000007.json']);
    expect(sent).toEqual([]);
  },
);

it.each([undefined, 429, 503])(
  'writes nothing without its lock while nobody says whether there is one (%s)',
  async (status) => {
    const { anchor, objects, sent } = bucketWith('Enabled', status);
    await expect(anchor.keep('anemia/0000000007.json', BYTES)).rejects.toThrow(
      'Asking bucket anchors for its Object Lock',
    );
    expect([await objects.list(''), sent]).toEqual([[], []]);
    await anchor.keep('anemia/0000000007.json', BYTES);
    expect(sent).toMatchObject([{ ObjectLockMode: 'COMPLIANCE' }]);
  },
);
