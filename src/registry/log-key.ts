import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
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
