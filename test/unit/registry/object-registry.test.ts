import { beforeAll, expect, it } from 'vitest';
import { createObjectRegistry } from '../../../src/registry/object-registry.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import type { Objects } from '../../../src/store/objects.js';
import { startFakeS3 } from '../vendors/aws/fake-s3.js';
import { createMemoryObjects } from '../../support/memory-objects.js';
import { registryBehaviour } from './behaviour.js';
import { draftOf } from './draft.js';
import { logKey } from './log-key.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

const NAME = 'anemia-detection';
const clock = () => new Date('2026-01-02T03:04:05Z');

const opened = (objects: Objects) => ({
  registry: createObjectRegistry(objects, clock, logKey),
  name: NAME,
  draftOf,
  lose: (version: number) => objects.delete(`${NAME}/versions/${version}.json`),
});

registryBehaviour('object registry', () => Promise.resolve(opened(createMemoryObjects())));

registryBehaviour('object registry over S3', async () => {
  const { endpoint } = await startFakeS3('models');
  return opened(openS3Folder('s3://models/registry', { endpoint, region: 'us-east-1', kmsKey: null }));
});

it('refuses a model name that would leave its folder', async () => {
  const registry = createObjectRegistry(createMemoryObjects(), clock, logKey);
  await expect(registry.register(draftOf('a', '../elsewhere'))).rejects.toThrow('model name');
  await expect(registry.versions('..')).rejects.toThrow('model name');
});

it('gives up, worth another try, when others are always faster', async () => {
  const objects = createMemoryObjects();
  const registry = createObjectRegistry({ ...objects, put: () => Promise.resolve(null) }, clock, logKey);
  await expect(registry.register(draftOf('a'))).rejects.toThrow('100 times in a row');
  expect(objects.all.size).toBe(0);
});
