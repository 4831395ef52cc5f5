import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { openStoreBy } from '../../../src/compose/open-storage.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import type { S3Settings } from '../../../src/vendors/aws/objects.js';
import { registryBehaviour } from '../../unit/registry/behaviour.js';
import { draftOf } from '../../unit/registry/draft.js';
import { artifactStoreBehaviour } from '../../unit/store/behaviour.js';
import { objectsBehaviour } from '../../unit/store/objects-behaviour.js';
import { temporaryDirectory } from '../../support/temp.js';
import { type Ministack, startMinistack } from './ministack.js';
import { logKey } from '../../unit/registry/log-key.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

let ministack: Ministack;
let s3: S3Settings;
let client: S3Client;

beforeAll(async () => {
  ministack = await startMinistack();
  for (const [name, value] of Object.entries(ministack.environment)) vi.stubEnv(name, value);
  s3 = readConfig().storage.s3;
  client = new S3Client({ endpoint: s3.endpoint!, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});
afterAll(async () => {
  await ministack.close();
  vi.unstubAllEnvs();
});

/** A folder that nobody else uses. */
const fresh = () => `s3://models/${randomUUID()}`;

objectsBehaviour('objects on an emulator', () => Promise.resolve(openS3Folder(fresh(), s3)));

artifactStoreBehaviour('artifact store on an emulator', async () => {
  const uri = fresh();
  const objects = openS3Folder(uri, s3);
  return {
    store: openStoreBy({ uri, s3, local: await temporaryDirectory() }),
    damage: async (ref, bytes) => {
      await objects.put(ref.uri.slice(ref.uri.indexOf('objects/')), bytes, 'always');
    },
  };
});

registryBehaviour('registry on an emulator', () => {
  const uri = fresh();
  const [objects, name] = [openS3Folder(uri, s3), 'anemia-detection'];
  const registry = createRegistry(objects, () => new Date(), logKey);
  const lose = (version: number) => objects.delete(`${name}/versions/${version}.json`);
  return Promise.resolve({ registry, name, draftOf, lose });
});

it('numbers the versions of ten writers at once without a gap', async () => {
  const uri = fresh();
  const digits = Array.from({ length: 10 }, (_, i) => String(i));
  const open = () => createRegistry(openS3Folder(uri, s3), () => new Date(), logKey);
  const versions = await Promise.all(digits.map((digit) => open().register(draftOf(digit))));
  expect(versions.map(({ version }) => version).sort((a, b) => a - b)).toEqual(digits.map((_, i) => i + 1));
  await Promise.all(
    versions.map(({ version }) =>
      open().setAlias('anemia-detection', { alias: 'champion', version, by: `${version}`, reason: 'y' }),
    ),
  );
  expect(await open().log('anemia-detection')).toHaveLength(21); // begun, registered and moved
});

it('encrypts with the KMS key it was given', async () => {
  const { KeyMetadata } = await new KMSClient({ endpoint: s3.endpoint! }).send(new CreateKeyCommand({}));
  const objects = openS3Folder('s3://models/secret', { ...s3, kmsKey: KeyMetadata!.KeyId! });
  await objects.put('a', Buffer.from('1'), 'when-absent');
  const head = await client.send(new HeadObjectCommand({ Bucket: 'models', Key: 'secret/a' }));
  expect(head.ServerSideEncryption).toBe('aws:kms');
  expect(head.SSEKMSKeyId).toContain(KeyMetadata!.KeyId);
  expect(Buffer.from((await objects.get('a'))!.bytes).toString()).toBe('1');
});
