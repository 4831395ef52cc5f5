import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import type { SecretStore } from '../store/secrets.js';
import type { Signer } from './log-key.js';

/** Signs with an Ed25519 key that is a secret of the store, made when first needed. */
export function createSecretSigner(secrets: SecretStore): Signer {
  let asked: Promise<KeyObject> | null = null;
  const privateKey = (): Promise<KeyObject> => {
    asked ??= secrets
      .getOrMake('log-signing-key', newKey)
      .then(keyOf)
      .catch((error: unknown) => {
        asked = null; // asked again the next time
        throw error;
      });
    return asked;
  };

  return {
    publicKey: async () => createPublicKey(await privateKey()).export({ format: 'der', type: 'spki' }),
    sign: async (bytes) => sign(null, bytes, await privateKey()),
  };
}

const newKey = (): Uint8Array => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });

function keyOf(bytes: Uint8Array): KeyObject {
  try {
    const key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, without anything of it.
  }
  throw new PipelineFailure(
    'StorageUnusable',
    'The secret log-signing-key of this store is not an Ed25519 key in PKCS #8: restore it from a backup.',
  );
}
