import {
  createHash,
  createPublicKey,
  type KeyObject,
  verify,
  createPrivateKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import type { SecretName, SecretStore } from '../store/secrets.js';
import type { EntrySignature } from './registry.js';

/** Whatever holds a private key: a secret of the store, or AWS KMS. */
export interface Signer {
  /** SubjectPublicKeyInfo in DER, of Ed25519 or ECDSA over P-256. */
  publicKey(): Promise<Uint8Array>;
  /** An Ed25519 signature, or that of ECDSA with SHA-256 in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Vouches for entries of logs, and tells whether others may. */
export interface LogKey {
  /** Of the own public key. */
  fingerprint(): Promise<string>;
  sign(text: string): Promise<EntrySignature>;
  /** Why a signature does not vouch for a text, as `has no valid signature`; `null` when it does. */
  troubleWith(text: string, signature: EntrySignature): Promise<string | null>;
}

/** SHA-256 of a public key in DER as people and settings have it, 64 hexadecimal digits. */
export const fingerprintOf = (publicKey: Uint8Array | string): string =>
  createHash('sha256')
    .update(typeof publicKey === 'string' ? Buffer.from(publicKey, 'base64') : publicKey)
    .digest('hex');

/**
 * The key that signs a store's logs.
 * @param trusted fingerprints of further keys that may have signed: one used before, or another store's on the same server
 */
export function createLogKey(signer: Signer, trusted: readonly string[] = []): LogKey {
  let asked: Promise<Uint8Array> | null = null;
  const publicKey = (): Promise<Uint8Array> => {
    asked ??= signer.publicKey().catch((error: unknown) => {
      asked = null; // asked again the next time
      throw error;
    });
    return asked;
  };

  return {
    fingerprint: async () => fingerprintOf(await publicKey()),

    async sign(text) {
      const [key, value] = await Promise.all([publicKey(), signer.sign(Buffer.from(text))]);
      return { key: base64(key), value: base64(value) };
    },

    async troubleWith(text, { key, value }) {
      const fingerprint = fingerprintOf(key);
      if (!trusted.includes(fingerprint)) {
        const own = fingerprintOf(await publicKey());
        if (fingerprint !== own)
          return `is signed by key ${fingerprint}, and the key of this store is ${own} (name the other one in MLOPS_LOG_TRUST only when it is known to be yours)`;
      }
      return isSignature(key, text, value) ? null : 'has no valid signature';
    },
  };
}

/** Ed25519 has its hash within; ECDSA is told to use SHA-256. */
function isSignature(key: string, text: string, value: string): boolean {
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return false;
  }
  const digest = publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return verify(digest, Buffer.from(text), publicKey, Buffer.from(value, 'base64'));
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

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
