import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createSecrets, type SecretStore } from '../../../src/store/secrets.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';

const make = () => new Uint8Array(randomBytes(32));
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

/** What every store of secrets must do. `open` gives a further opener of one fresh place. */
function secretsBehaviour(name: string, open: () => Promise<() => SecretStore>) {
  describe(name, () => {
    it('keeps what was made first, for everybody who asks later', async () => {
      const again = await open();
      expect(await again().get('store-id')).toBeNull();
      const first = await again().getOrMake('store-id', make);
      expect(first).toHaveLength(32);
      expect(await again().get('store-id')).toEqual(first);
      expect(await again().getOrMake('store-id', make)).toEqual(first);
      expect(await again().getOrMake('fingerprint-key', make)).not.toEqual(first);
    });

    it('gives one secret to all who ask at the same time', async () => {
      const again = await open();
      const given = await Promise.all(Array.from({ length: 20 }, () => again().getOrMake('fingerprint-key', make)));
      expect(new Set(given.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
    });
  });
}

secretsBehaviour('secrets in files', async () => {
  const folder = join(await temporaryDirectory(), 'keys');
  return () => createSecrets(createFileObjects(folder));
});

secretsBehaviour('secrets in a bucket', () => {
  const objects = createMemoryObjects();
  return Promise.resolve(() => createSecrets(objects));
});

it('lets only the owner of the home read secrets in files, and leaves nothing beside them', async () => {
  const folder = join(await temporaryDirectory(), 'keys');
  await createSecrets(createFileObjects(folder)).getOrMake('log-signing-key', make);
  expect(await modeOf(folder)).toBe(0o700);
  expect(await modeOf(join(folder, 'log-signing-key'))).toBe(0o600);
  expect(await readdir(folder)).toEqual(['log-signing-key']);
});

it('takes away what others could read of a secret that was there before', async () => {
  const folder = await temporaryDirectory();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'store-id'), 'known');
  await chmod(join(folder, 'store-id'), 0o644);
  await createSecrets(createFileObjects(folder)).getOrMake('store-id', make);
  expect(await modeOf(join(folder, 'store-id'))).toBe(0o600);
});

it('says where a secret cannot be kept', async () => {
  const file = join(await temporaryDirectory(), 'file');
  await writeFile(file, '');
  await expect(createSecrets(createFileObjects(file)).getOrMake('store-id', make)).rejects.toMatchObject({
    type: 'StorageUnusable',
    message: expect.stringMatching(/file\/store-id can be neither read nor made \(EEXIST\)/) as string,
  });
});
