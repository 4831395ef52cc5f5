import { generateKeyPairSync } from 'node:crypto';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  isSignatureOf,
  openSigningKeys,
  publicKeyOf,
  readPublicKey,
  signatureOf,
  type SigningKeys,
} from '../../../src/registry/signing-keys.js';
import { temporaryDirectory } from '../../support/temp.js';

let root: string;
let folder: string;
let keys: SigningKeys;
beforeEach(async () => {
  root = await temporaryDirectory();
  folder = join(root, 'approver-keys');
  keys = openSigningKeys(folder);
});

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('private keys', () => {
  it('are made once, for their owner alone', async () => {
    expect([await keys.names(), await keys.find('ada')]).toEqual([[], null]);
    const first = await keys.getOrMake('ada');
    const again = await keys.getOrMake('ada');
    expect([first.made, again.made, await keys.names()]).toEqual([true, false, ['ada']]);
    expect(publicKeyOf(again.key)).toBe(publicKeyOf(first.key));
    expect([await modeOf(folder), await modeOf(keys.fileOf('ada'))]).toEqual([0o700, 0o600]);
    expect(isSignatureOf(publicKeyOf(first.key), 'text', signatureOf(again.key, 'text'))).toBe(true);
    expect(isSignatureOf(publicKeyOf(first.key), 'texts', signatureOf(again.key, 'text'))).toBe(false);
  });

  it.each([0o640, 0o604, 0o660])('are not used when others can read them (%o)', async (mode) => {
    await keys.getOrMake('ada');
    await chmod(keys.fileOf('ada'), mode);
    await expect(keys.find('ada')).rejects.toThrow('chmod 600');
  });

  it('lie in their folder whatever the name', async () => {
    for (const name of ['../ada', '/etc/ada', 'a/b', '', '.ada', 'ада', 'a'.repeat(65)])
      expect(await keys.find(name), name).toBeNull();
    await keys.getOrMake('Ada Lovelace @ home');
    expect(await readdir(root)).toEqual(['approver-keys']);
    expect(await keys.names()).toEqual(['Ada Lovelace @ home']);
  });

  it('say what a file is that holds none', async () => {
    await keys.getOrMake('ada');
    await writeFile(keys.fileOf('ada'), 'secret words');
    const error = await keys.find('ada').catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toMatch(/is no key in PEM/);
    expect((error as Error).message).not.toContain('secret');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await writeFile(keys.fileOf('ada'), rsa.export({ format: 'pem', type: 'pkcs8' }));
    await expect(keys.find('ada')).rejects.toThrow('is a key of type rsa: an Ed25519 key belongs there');
  });
});

describe('a public key', () => {
  const file = async (text: string | Buffer) => {
    const path = join(root, 'key');
    await writeFile(path, text);
    return path;
  };

  it('is read as PEM or as base64', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const base64 = publicKeyOf(publicKey);
    expect(publicKeyOf(privateKey)).toBe(base64);
    expect(await readPublicKey(await file(publicKey.export({ format: 'pem', type: 'spki' })))).toBe(base64);
    expect(await readPublicKey(await file(`${base64}\n`))).toBe(base64);
  });

  it.each([
    ['a private key, which stays with its owner', generateKeyPairSync('ed25519').privateKey, 'pkcs8'],
    ['a key of type rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, 'spki'],
  ] as const)('is not %s', async (what, key, type) => {
    const pem = key.export({ format: 'pem', type: type });
    await expect(readPublicKey(await file(pem))).rejects.toThrow(what);
  });

  it('is neither any text nor a file that is not there', async () => {
    await expect(readPublicKey(await file('ada'))).rejects.toThrow('is no Ed25519 public key');
    await expect(readPublicKey(join(root, 'none'))).rejects.toThrow('cannot be read');
  });
});
