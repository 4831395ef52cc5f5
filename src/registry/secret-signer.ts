import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import type { SecretName, SecretStore } from '../store/secrets.js';
import type { Signer } from './log-key.js';

/**
 * Signs with an Ed25519 key that is a secret of the store, made when first needed. Its public half is kept beside it, so
 * that who only checks signatures never reads the private one, and need not be allowed to.
 */
export function createSecretSigner(secrets: SecretStore): Signer {
  let asked: Promise<KeyObject> | null = null;
  const privateKey = (): Promise<KeyObject> => {
    asked ??= secrets
      .getOrMake('log-signing-key', newKey)
      .then((bytes) => ed25519('log-signing-key', () => createPrivateKey({ ...PRIVATE, key: Buffer.from(bytes) })))
      .catch((error: unknown) => {
        asked = null; // asked again the next time
        throw error;
      });
    return asked;
  };
  const publicHalf = async (): Promise<Uint8Array> => createPublicKey(await privateKey()).export(PUBLIC);

  const signer: Signer = {
    async publicKey() {
      const bytes = await secrets.getOrMake('log-verifying-key', publicHalf);
      return ed25519('log-verifying-key', () => createPublicKey({ ...PUBLIC, key: Buffer.from(bytes) })).export(PUBLIC);
    },

    async sign(bytes) {
      const [key, known] = [await privateKey(), await signer.publicKey()];
      if (Buffer.compare(known, await publicHalf()) !== 0)
        throw new PipelineFailure(
          'StorageUnusable',
          'The secrets log-signing-key and log-verifying-key of this store are no pair, so nothing is signed: restore both from a backup, or move both away where the signing key was replaced.',
        );
      return sign(null, bytes, key);
    },
  };
  return signer;
}

const PRIVATE = { format: 'der', type: 'pkcs8' } as const;
const PUBLIC = { format: 'der', type: 'spki' } as const;

const newKey = (): Uint8Array => generateKeyPairSync('ed25519').privateKey.export(PRIVATE);

function ed25519(name: SecretName, read: () => KeyObject): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, without anything of it.
  }
  throw new PipelineFailure(
    'StorageUnusable',
    `The secret ${name} of this store is not an Ed25519 key in DER: restore it from a backup.`,
  );
}
