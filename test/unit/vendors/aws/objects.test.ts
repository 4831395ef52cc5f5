import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openS3Folder } from '../../../../src/vendors/aws/open-s3.js';
import { parseS3Uri } from '../../../../src/vendors/aws/open-s3.js';
import { objectsBehaviour, read } from '../../store/objects-behaviour.js';
import { createMemoryObjects } from '../../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../../support/temp.js';
import { type Fault, startFakeS3 } from './fake-s3.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

const at = (endpoint: string, kmsKey: string | null = null) => ({ endpoint, region: 'eu-central-1', kmsKey });

const open = async () => openS3Folder('s3://models/some/prefix', at((await startFakeS3('models')).endpoint));

objectsBehaviour('objects in memory', () => Promise.resolve(createMemoryObjects()));
objectsBehaviour('objects on S3', open);

describe('a bucket in trouble', () => {
  const faulty = async (...faults: (Fault | null)[]) => {
    const s3 = await startFakeS3('models');
    s3.fault = () => faults.shift() ?? null;
    return { s3, objects: openS3Folder('s3://models', at(s3.endpoint)) };
  };
  const always = async (fault: Fault) => {
    const s3 = await startFakeS3('models');
    s3.fault = () => fault;
    return openS3Folder('s3://models', at(s3.endpoint));
  };
  const busy: Fault = { status: 503, code: 'SlowDown' };

  it('tries again after 5xx, SlowDown and cut connections', async () => {
    const { objects } = await faulty(busy, { status: 500, code: 'InternalError' }, 'refused');
    expect(await objects.put('a', Buffer.from('1'), 'always')).not.toBeNull();
  });

  it.each(['when-absent', { whenTag: '"c4ca4238a0b923820dcc509a6f75849b"' }] as const)(
    'knows its own conditional write after a lost answer: %j',
    async (condition) => {
      const { s3, objects } = await faulty('lost');
      if (condition !== 'when-absent') s3.buckets.get('models')!.set('a', Buffer.from('1'));
      const tag = await objects.put('a', Buffer.from('mine'), condition);
      expect(tag).toBe((await objects.get('a'))!.tag);
      expect(s3.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
    },
  );

  it('does not take a rival’s write for its own after a lost answer', async () => {
    const { s3, objects } = await faulty('refused');
    s3.buckets.get('models')!.set('a', Buffer.from('theirs'));
    expect(await objects.put('a', Buffer.from('mine'), 'when-absent')).toBeNull();
  });

  it('fails, to be tried again, when a body is cut or the bucket stays away', async () => {
    const { s3, objects } = await faulty('half', 'half');
    s3.buckets.get('models')!.set('a', randomBytes(1 << 20));
    await expect(read(objects, 'a')).rejects.not.toHaveProperty('type');
    await expect(objects.get('a')).rejects.not.toHaveProperty('type');
  });

  it.each([
    [
      { status: 403, code: 'AccessDenied' },
      'StorageUnusable',
      'Writing to bucket models was refused with AccessDenied; grant',
    ],
    [{ status: 404, code: 'NoSuchBucket' }, 'StorageUnusable', 'with NoSuchBucket; make the bucket'],
    [{ status: 301, code: 'PermanentRedirect' }, 'StorageUnusable', 'set AWS_REGION'],
    [{ status: 400, code: 'ExpiredToken' }, 'CredentialsRejected', 'ExpiredToken; renew the credentials'],
    [{ status: 403, code: 'SignatureDoesNotMatch' }, 'CredentialsRejected', 'renew the credentials'],
    [{ status: 400, code: 'KMS.DisabledException' }, 'StorageUnusable', 'enable the KMS key'],
  ] as const)('%j ends as %s', async (fault, type, sentence) => {
    const objects = await always(fault);
    const failure = expect(objects.put('secret-key', Buffer.from('1'), 'always')).rejects;
    await failure.toMatchObject({ type, message: expect.stringContaining(sentence) as string });
    await failure.not.toThrow('secret-key');
  });

  it.each([
    [{ status: 403, code: 'AccessDenied' }, 'StorageUnusable'],
    [{ status: 400, code: 'ExpiredToken' }, 'CredentialsRejected'],
  ] as const)('says so too where an answer has no body: %j', async (fault, type) => {
    const objects = await always(fault);
    const refusal = { type, message: expect.stringContaining(fault.code) as string };
    await expect(objects.size('a')).rejects.toMatchObject(refusal);
    await expect(objects.list('')).rejects.toMatchObject(refusal);
  });

  it('aborts a large upload that fails', async () => {
    const { s3, objects } = await faulty();
    s3.fault = (method, path) =>
      method === 'PUT' && path.endsWith('large') ? { status: 403, code: 'AccessDenied' } : null;
    const path = join(await temporaryDirectory(), 'large');
    await writeFile(path, randomBytes(20 << 20));
    await expect(objects.putFile('large', path)).rejects.toMatchObject({ type: 'StorageUnusable' });
    expect(s3.requests.some(({ method, path: asked }) => method === 'DELETE' && asked.includes('uploadId'))).toBe(true);
    expect(s3.uploads.size).toBe(0);
    expect(await objects.get('large')).toBeNull();
  });
});

it('says at once that no region was named', async () => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_DEFAULT_REGION', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  const objects = openS3Folder('s3://models', { endpoint: null, region: null, kmsKey: null });
  await expect(objects.size('a')).rejects.toMatchObject({
    type: 'StorageUnusable',
    message: 'Reading from bucket models was refused with RegionMissing; set AWS_REGION to the region of the bucket.',
  });
});

it('asks for encryption with the KMS key it was given, in every kind of write', async () => {
  const s3 = await startFakeS3('models');
  const objects = openS3Folder('s3://models', at(s3.endpoint, 'alias/models'));
  const path = join(await temporaryDirectory(), 'large');
  await writeFile(path, randomBytes(20 << 20));
  await objects.put('a', Buffer.from('1'), 'when-absent');
  await objects.putFile('large', path);
  const begun = s3.requests.filter(({ headers }) => headers['x-amz-server-side-encryption'] === 'aws:kms');
  expect(begun.map(({ method, path: asked }) => `${method} ${asked.split('?')[0]}`)).toEqual([
    'PUT /models/a',
    'POST /models/large',
  ]);
  expect(begun.every(({ headers }) => headers['x-amz-server-side-encryption-aws-kms-key-id'] === 'alias/models')).toBe(
    true,
  );
});

it.each([
  ['s3://models', { bucket: 'models', prefix: '' }],
  ['s3://models/', { bucket: 'models', prefix: '' }],
  ['s3://my.models/a/b/', { bucket: 'my.models', prefix: 'a/b/' }],
  ['s3://', null],
  ['s3://Models/a', null],
  ['s3://models//a', null],
  ['s3://models?x=1', null],
  ['https://models', null],
])('reads %s as %j', (uri, place) => expect(parseS3Uri(uri)).toEqual(place));
