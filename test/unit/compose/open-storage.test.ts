import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { openFingerprintKey, openSecretsBy } from '../../../src/compose/open-storage.js';
import { temporaryDirectory } from '../../support/temp.js';

const at = (folder: string) => ({
  uri: pathToFileURL(folder).href,
  s3: { endpoint: null, region: null, kmsKey: null },
});

it('the key of fingerprints is made once, differs from store to store, and only its owner can read it', async () => {
  const home = await temporaryDirectory();
  const folder = join(home, 'keys');
  const key = await openFingerprintKey(openSecretsBy(at(folder)));
  expect(key).toHaveLength(32);
  expect(await openFingerprintKey(openSecretsBy(at(folder)))).toEqual(key);
  expect((await stat(join(folder, 'fingerprint-key'))).mode & 0o777).toBe(0o600);
  const other = await openFingerprintKey(openSecretsBy(at(join(home, 'other'))));
  expect(other).not.toEqual(key);
});

it('a key that was cut is refused, with what losing it means', async () => {
  const folder = join(await temporaryDirectory(), 'keys');
  await mkdir(folder);
  await writeFile(join(folder, 'fingerprint-key'), 'short');
  await expect(openFingerprintKey(openSecretsBy(at(folder)))).rejects.toMatchObject({
    type: 'StorageUnusable',
    message: expect.stringMatching(/has 5 bytes instead of 32: put it back from a backup, or remove it/) as string,
  });
});
