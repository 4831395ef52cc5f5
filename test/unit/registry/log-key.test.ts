import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { createKmsSigner } from '../../../src/vendors/aws/kms.js';
import { createLogKey, fingerprintOf, type LogKey, createSecretSigner } from '../../../src/registry/log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createSecrets, type SecretStore } from '../../../src/store/secrets.js';
import { temporaryDirectory } from '../../support/temp.js';
import { memorySecrets, newLogKey } from './log-key.js';

/** Answers as AWS KMS does for one key; what it was asked is kept. */
function fakeKms(KeySpec: string, namedCurve = 'P-256') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const asked: object[] = [];
  const send = (command: { input: { Message?: Uint8Array } }) => {
    asked.push(command.input);
    const { Message } = command.input;
    if (Message === undefined)
      return Promise.resolve({ KeySpec, PublicKey: publicKey.export({ format: 'der', type: 'spki' }) });
    return Promise.resolve({ Signature: sign('sha256', Message, privateKey) });
  };
  return { client: { send } as unknown as KMSClient, asked };
}

describe.each([
  ['a secret of the store', () => createSecretSigner(memorySecrets())],
  ['AWS KMS', () => createKmsSigner(fakeKms('ECC_NIST_P256').client, 'alias/log')],
])('a log key in %s', (_, open) => {
  it('vouches for what it signed, and for nothing else', async () => {
    const key = createLogKey(open());
    const signature = await key.sign('entry');
    expect(fingerprintOf(signature.key)).toBe(await key.fingerprint());
    expect(await key.troubleWith('entry', signature)).toBeNull();
    expect(await key.troubleWith('another', signature)).toBe('has no valid signature');
    const { value } = await key.sign('another');
    expect(await key.troubleWith('entry', { ...signature, value })).toBe('has no valid signature');
    expect(await key.troubleWith('entry', { ...signature, value: '' })).toBe('has no valid signature');
  });

  it('is not taken for another one, unless that is trusted', async () => {
    const key = createLogKey(open());
    const signature = await key.sign('entry');
    expect(await newLogKey().troubleWith('entry', signature)).toMatch(
      `is signed by key ${await key.fingerprint()}, and the key of this store is `,
    );
    expect(await newLogKey([await key.fingerprint()]).troubleWith('entry', signature)).toBeNull();
  });
});

it('is made once for a store', async () => {
  const secrets = memorySecrets();
  const [one, two] = [createLogKey(createSecretSigner(secrets)), createLogKey(createSecretSigner(secrets))];
  const prints = await Promise.all([one.fingerprint(), two.fingerprint()]);
  expect(prints[0]).toBe(prints[1]);
});

describe('the public half of a secret of the store', () => {
  /** Secrets whose signing key may not be read, as workers of numeric work have them on AWS. */
  const withoutPrivate = (secrets: SecretStore): SecretStore => ({
    ...secrets,
    getOrMake: (name, make) =>
      name === 'log-signing-key' ? Promise.reject(new Error('AccessDenied')) : secrets.getOrMake(name, make),
  });

  it('checks what was signed, without the private one', async () => {
    const secrets = memorySecrets();
    const signature = await createLogKey(createSecretSigner(secrets)).sign('entry');
    const reader = createLogKey(createSecretSigner(withoutPrivate(secrets)));
    expect(await reader.troubleWith('entry', signature)).toBeNull();
    expect(await reader.troubleWith('entry', await newLogKey().sign('entry'))).toMatch(/^is signed by key/);
    await expect(reader.sign('entry')).rejects.toThrow('AccessDenied');
  });

  it('is that of the private one, or nothing is signed', async () => {
    const [secrets, others] = [memorySecrets(), memorySecrets()];
    await createLogKey(createSecretSigner(others)).fingerprint();
    const mixed: SecretStore = {
      ...secrets,
      getOrMake: (name, make) => (name === 'log-signing-key' ? secrets : others).getOrMake(name, make),
    };
    await expect(createLogKey(createSecretSigner(mixed)).sign('x')).rejects.toMatchObject({
      type: 'StorageUnusable',
      message: expect.stringContaining('are no pair, so nothing is signed') as string,
    });
  });

  it('is told of as what is wrong when the private one is none, in files too', async () => {
    const folder = await temporaryDirectory();
    await writeFile(join(folder, 'log-signing-key'), 'none');
    const key = createLogKey(createSecretSigner(createSecrets(createFileObjects(folder))));
    await expect(key.fingerprint()).rejects.toThrow(/^The secret log-signing-key of this store is not an Ed25519 key/);
  });
});

it('is refused when the secret is no such key', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const secrets = { get: () => Promise.resolve(bytes), getOrMake: () => Promise.resolve(bytes) };
  for (const asked of [(key: LogKey) => key.sign('x'), (key: LogKey) => key.fingerprint()])
    await expect(asked(createLogKey(createSecretSigner(secrets)))).rejects.toMatchObject({ type: 'StorageUnusable' });
});

it('asks KMS for ECDSA over the text itself, and for its public key once', async () => {
  const { client, asked } = fakeKms('ECC_NIST_P256');
  const key = createLogKey(createKmsSigner(client, 'alias/log'));
  await key.sign('a');
  await key.sign('b');
  const signing = { MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256', KeyId: 'alias/log' };
  expect(asked.filter((input) => 'Message' in input)).toMatchObject([signing, signing]);
  expect(asked.filter((input) => !('Message' in input))).toEqual([{ KeyId: 'alias/log' }]);
});

it('of KMS is refused when it is of another kind', async () => {
  const key = createLogKey(createKmsSigner(fakeKms('ECC_NIST_P384', 'P-384').client, 'alias/log'));
  await expect(key.fingerprint()).rejects.toMatchObject({
    message: expect.stringContaining('ECC_NIST_P256') as string,
  });
});
