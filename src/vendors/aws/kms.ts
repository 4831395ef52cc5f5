import { DecryptCommand, KMSClient, GetPublicKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import { PipelineFailure } from '../../contracts/failures.js';
import { type CodecKey, KEY_BYTES } from '../temporal/codec/keys.js';
import { translated, traced } from './client.js';

/** What data keys are encrypted for: KMS decrypts them only when asked for the same. */
const ENCRYPTION_CONTEXT = { application: 'anemia-mlops' };

/** Tries of one call in all. */
const TRIES = 5;

/** Where AWS KMS is; `null` leaves it to the SDK. */
export interface KmsLocation {
  region: string | null;
  endpoint: string | null;
}

/** A client of AWS KMS; credentials come from the AWS SDK's own chain. */
export const createKmsClient = ({ region, endpoint }: KmsLocation): KMSClient =>
  traced(
    new KMSClient({
      ...(region === null ? {} : { region }),
      ...(endpoint === null ? {} : { endpoint }),
      maxAttempts: TRIES,
    }),
  );

/**
 * Lets AWS KMS decrypt data keys, once each.
 * @throws PipelineFailure `CredentialsRejected`, or an Error that names the id of the key, when KMS refuses
 */
export async function decryptKeys(
  encrypted: readonly { id: string; ciphertext: Uint8Array }[],
  location: KmsLocation,
): Promise<CodecKey[]> {
  const client = createKmsClient(location);
  try {
    return await Promise.all(encrypted.map((key) => decryptKey(client, key)));
  } finally {
    client.destroy();
  }
}

async function decryptKey(client: KMSClient, { id, ciphertext }: { id: string; ciphertext: Uint8Array }) {
  const command = new DecryptCommand({ CiphertextBlob: ciphertext, EncryptionContext: ENCRYPTION_CONTEXT });
  const { Plaintext: key } = await client.send(command).catch((error: unknown) => {
    throw translated(error, `Decrypting key ${id} of MLOPS_CODEC_KMS_KEYS`);
  });
  if (key?.length !== KEY_BYTES)
    throw new Error(
      `Key ${id} of MLOPS_CODEC_KMS_KEYS has ${key?.length ?? 0} bytes: encrypt ${KEY_BYTES}, as aws kms generate-data-key --key-spec AES_256 does.`,
    );
  return { id, key };
}

/**
 * Signs logs with an asymmetric key of AWS KMS that no process ever holds, of ECC_NIST_P256: ECDSA with SHA-256.
 * @param keyId id, ARN or alias of the key
 * @throws PipelineFailure `CredentialsRejected`, and `StorageUnusable` for a key of another kind
 */
export function createKmsSigner(client: Pick<KMSClient, 'send'>, keyId: string) {
  return {
    async publicKey(): Promise<Uint8Array> {
      try {
        const { PublicKey, KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
        if (PublicKey !== undefined && KeySpec === 'ECC_NIST_P256') return PublicKey;
      } catch (error) {
        throw translated(error, `Asking AWS KMS for the public key of ${keyId}`);
      }
      throw new PipelineFailure(
        'StorageUnusable',
        `The KMS key ${keyId}, which MLOPS_LOG_KMS_KEY names, is not of ECC_NIST_P256: make one with --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY.`,
      );
    },

    async sign(bytes: Uint8Array): Promise<Uint8Array> {
      try {
        const { Signature } = await client.send(
          new SignCommand({ KeyId: keyId, Message: bytes, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }),
        );
        if (Signature !== undefined) return Signature;
      } catch (error) {
        throw translated(error, `Signing with the KMS key ${keyId}`);
      }
      throw new Error(`AWS KMS answered without a signature by ${keyId}; try again.`);
    },
  };
}
