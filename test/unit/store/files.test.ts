import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/store/files.js';
import { temporaryDirectory } from '../../support/temp.js';

it('keeps the old file and leaves nothing beside it when an atomic write fails', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'state.json');
  await writeFile(path, 'old');
  const unwritable = { [Symbol.iterator]: () => 3 } as unknown as Uint8Array;
  await expect(writeFileAtomic(path, unwritable)).rejects.toThrow();
  expect(await readdir(directory)).toEqual(['state.json']);
});
