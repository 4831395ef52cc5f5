import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import type { ArtifactRef } from '../../../src/contracts/values.js';
import { openStoreBy } from '../../../src/compose/open-storage.js';
import { createLocalCopies, createArtifactStore } from '../../../src/store/artifacts.js';
import { startFakeS3 } from '../vendors/aws/fake-s3.js';
import { createFileStore } from '../../support/file-store.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { artifactStoreBehaviour } from './behaviour.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

const keyIn = (uri: string) => uri.slice(uri.indexOf('/objects/') + 1);

async function inMemory() {
  const objects = createMemoryObjects();
  const local = await temporaryDirectory();
  return { objects, local, store: createArtifactStore(objects, 's3://bucket/store', local) };
}

artifactStoreBehaviour('an artifact store in files', async () => ({
  store: createFileStore(await temporaryDirectory()),
  damage: (ref, bytes) => writeFile(fileURLToPath(ref.uri), bytes),
}));

artifactStoreBehaviour('an artifact store in memory', async () => {
  const { objects, store } = await inMemory();
  return { store, damage: (ref, bytes) => Promise.resolve(void objects.all.set(keyIn(ref.uri), bytes)) };
});

artifactStoreBehaviour('an artifact store on S3', async () => {
  const s3 = await startFakeS3('models');
  const store = openStoreBy({
    uri: 's3://models/store',
    s3: { endpoint: s3.endpoint, region: 'eu-central-1', kmsKey: null },
    local: await temporaryDirectory(),
  });
  return {
    store,
    damage: (ref, bytes) => {
      s3.buckets.get('models')!.set(`store/${keyIn(ref.uri)}`, Buffer.from(bytes));
      return Promise.resolve();
    },
  };
});

it('reads files in place, without a copy', async () => {
  const root = await temporaryDirectory();
  const store = createFileStore(root);
  const ref = await store.put(Buffer.from('some bytes'));
  expect(await store.localPath(ref)).toBe(fileURLToPath(ref.uri));
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files).toHaveLength(1);
});

it('takes a file into a directory by moving it', async () => {
  const root = await temporaryDirectory();
  const path = join(root, 'produced');
  await writeFile(path, 'some bytes');
  const { ino } = await stat(path);
  const ref = await createFileStore(root).putFile(path);
  expect((await stat(fileURLToPath(ref.uri))).ino).toBe(ino);
});

it('takes a step whose entry was changed for unknown', async () => {
  const root = await temporaryDirectory();
  const store = createFileStore(root);
  const key = 'a'.repeat(64);
  await store.write(key, { rocAuc: 0.71 });
  const path = join(root, 'steps', `${key}.json`);
  await writeFile(path, (await readFile(path, 'utf8')).replace('0.71', '0.91'));
  expect(await store.read(key)).toBeNull();
  await writeFile(path, '{}');
  expect(await store.read(key)).toBeNull();
});

it('reads a file again only when its local copy is gone or damaged', async () => {
  const { objects, store } = await inMemory();
  const ref = await store.put(Buffer.from('some bytes'));
  const path = await store.localPath(ref);
  objects.all.clear();
  expect(await store.localPath(ref)).toBe(path);
  await writeFile(path, 'other bytes');
  await expect(store.localPath(ref)).rejects.toThrow('is gone from the store');
  await store.put(Buffer.from('some bytes'));
  expect((await stat(await store.localPath(ref))).size).toBe(10);
});

it('leaves nothing of a copy whose bytes are wrong', async () => {
  const { objects, local, store } = await inMemory();
  const ref = await store.put(Buffer.from('some bytes'));
  objects.all.set(keyIn(ref.uri), Buffer.from('wrong'));
  await expect(store.localPath(ref)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
  const files = (await readdir(local, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files).toEqual([]);
});

it('drops the copies that were not used for longest, and none that was used within the hour', async () => {
  const { objects, store } = await inMemory();
  const copies = createLocalCopies(await temporaryDirectory(), { bytes: 25, ms: 60_000 });
  const refs: ArtifactRef[] = [];
  for (const text of ['0123456789', 'abcdefghij', 'ABCDEFGHIJ']) refs.push(await store.put(Buffer.from(text)));
  const path = (i: number) => copies.path(refs[i]!, () => objects.open(keyIn(refs[i]!.uri)));
  const [first, second] = [await path(0), await path(1)];
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(first, yesterday, yesterday);
  await path(2);
  await expect(stat(first)).rejects.toThrow('ENOENT');
  expect((await stat(second)).size).toBe(10);
});
