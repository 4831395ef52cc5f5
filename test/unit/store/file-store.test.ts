import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createFileStore } from '../../../src/store/file-store.js';
import { writeFileAtomic } from '../../../src/store/files.js';
import { temporaryDirectory } from '../../support/temp.js';
import { artifactStoreBehaviour } from './behaviour.js';

artifactStoreBehaviour('file store', async () => ({
  store: createFileStore(await temporaryDirectory()),
  damage: (ref, bytes) => writeFile(fileURLToPath(ref.uri), bytes),
}));

it('keeps the old file and leaves nothing beside it when an atomic write fails', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'state.json');
  await writeFile(path, 'old');
  const unwritable = { [Symbol.iterator]: () => 3 } as unknown as Uint8Array;
  await expect(writeFileAtomic(path, unwritable)).rejects.toThrow();
  expect(await readdir(directory)).toEqual(['state.json']);
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
