import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { createLogKey, createSecretSigner } from '../../../src/registry/log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createSecrets } from '../../../src/store/secrets.js';
import { temporaryDirectory } from '../../support/temp.js';
import type { Objects } from '../../../src/store/objects.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import { createMemoryObjects, createMemoryRegistry } from '../../../src/testing/index.js';
import { until } from '../../support/until.js';
import { startFakeS3 } from '../vendors/aws/fake-s3.js';
import { registryBehaviour } from './behaviour.js';
import { draftOf } from './draft.js';
import { logKey } from './log-key.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

const clock = () => new Date('2026-01-02T03:04:05Z');

const NAME = 'anemia-detection';

const opened = (objects: Objects) => ({
  registry: createRegistry(objects, clock, logKey),
  name: NAME,
  draftOf,
  lose: (version: number) => objects.delete(`${NAME}/versions/${version}.json`),
});

registryBehaviour('a registry in files', async () => opened(createFileObjects(await temporaryDirectory())));

registryBehaviour('a registry in memory', () => {
  const objects = createMemoryObjects();
  return Promise.resolve({ ...opened(objects), registry: createMemoryRegistry(objects, clock) });
});

registryBehaviour('a registry on S3', async () => {
  const { endpoint } = await startFakeS3('models');
  return opened(openS3Folder('s3://models/registry', { endpoint, region: 'us-east-1', kmsKey: null }));
});

it('is safe with writers in two processes', async () => {
  const root = await temporaryDirectory();
  const writer = fileURLToPath(new URL('writer.ts', import.meta.url));
  const write = (name: string) => promisify(execFile)(process.execPath, ['--import', 'tsx', writer, root, name]);
  await Promise.all([write('one'), write('two')]);
  const key = createLogKey(createSecretSigner(createSecrets(createFileObjects(join(root, 'keys')))));
  const registry = createRegistry(createFileObjects(join(root, 'registry')), clock, key);
  const versions = await registry.versions('anemia-detection');
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(new Set(versions.map(({ model }) => model.sha256)).size).toBe(20);
  const log = await registry.log('anemia-detection');
  const moves = log.flatMap((entry) => (entry.event === 'alias' ? [entry] : []));
  expect(log.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  expect(moves.slice(1).map(({ previous }) => previous)).toEqual(moves.slice(0, -1).map(({ version }) => version));
});

it('is safe with a writer that is killed at any moment', async () => {
  const root = await temporaryDirectory();
  const writer = fileURLToPath(new URL('writer.ts', import.meta.url));
  const key = createLogKey(createSecretSigner(createSecrets(createFileObjects(join(root, 'keys')))));
  const registry = createRegistry(createFileObjects(join(root, 'registry')), clock, key);
  let known = 0;
  for (const name of ['one', 'two', 'three']) {
    const child = spawn(process.execPath, ['--import', 'tsx', writer, root, name], { stdio: 'ignore' });
    await until(
      () => registry.log(NAME),
      (log) => log.length > known + 3,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    const log = await registry.log(NAME); // whole, or it would be tampering
    known = log.length;
    const numbers = log.flatMap((entry) => (entry.event === 'registered' ? [entry.version] : []));
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual(numbers);
  }
  await registry.register(draftOf('a'));
  expect(await registry.log(NAME)).toHaveLength(known + 1);
});

it('stamps versions with the injected clock', async () => {
  const registry = createRegistry(createFileObjects(await temporaryDirectory()), clock, logKey);
  expect((await registry.register(draftOf('a'))).createdAt).toBe('2026-01-02T03:04:05.000Z');
});

it('refuses a model name that would leave its directory', async () => {
  const registry = createRegistry(createFileObjects(await temporaryDirectory()), clock, logKey);
  await expect(registry.register(draftOf('a', '../elsewhere'))).rejects.toThrow('model name');
  await expect(registry.versions('..')).rejects.toThrow('model name');
});

it('gives up, worth another try, when others are always faster', async () => {
  const objects = createMemoryObjects();
  const registry = createRegistry({ ...objects, put: () => Promise.resolve(null) }, clock, logKey);
  await expect(registry.register(draftOf('a'))).rejects.toThrow('100 times in a row');
  expect(objects.all.size).toBe(0);
});
