import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createFileStore } from '../../src/store/file-store.js';
import { writeFileAtomic } from '../../src/store/files.js';
import { temporaryDirectory } from '../support/temp.js';
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

it('removes what a killed writer of the same file left, and nothing of one that lives', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'state.json');
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  const left = (pid: number) => `state.json.${hostname()}.${pid}.1.partial`;
  await writeFile(join(directory, left(child.pid!)), 'half');
  await writeFile(join(directory, left(process.ppid)), 'half');
  await writeFileAtomic(path, 'new');
  expect(await readdir(directory)).toEqual(['state.json', left(process.ppid)]);
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
