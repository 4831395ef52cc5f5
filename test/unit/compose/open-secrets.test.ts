import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFingerprintKey, openSecretsBy } from '../../../src/compose/open-secrets.js';
import { temporaryDirectory } from '../../support/temp.js';

it('the key of fingerprints is made once, differs from store to store, and only its owner can read it', async () => {
  const home = await temporaryDirectory();
  const folder = join(home, 'keys');
  const key = await openFingerprintKey(openSecretsBy({ kind: 'files', folder }));
  expect(key).toHaveLength(32);
  expect(await openFingerprintKey(openSecretsBy({ kind: 'files', folder }))).toEqual(key);
  expect((await stat(join(folder, 'fingerprint-key'))).mode & 0o777).toBe(0o600);
  const other = await openFingerprintKey(openSecretsBy({ kind: 'files', folder: join(home, 'other') }));
  expect(other).not.toEqual(key);
});

it('a key that was cut is refused, with what losing it means', async () => {
  const folder = join(await temporaryDirectory(), 'keys');
  await mkdir(folder);
  await writeFile(join(folder, 'fingerprint-key'), 'short');
  await expect(openFingerprintKey(openSecretsBy({ kind: 'files', folder }))).rejects.toMatchObject({
    type: 'StorageUnusable',
    message: expect.stringMatching(/has 5 bytes instead of 32: put it back from a backup, or remove it/) as string,
  });
});
