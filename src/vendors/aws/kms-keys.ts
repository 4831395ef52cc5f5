import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { translated } from './aws-errors.js';
import { traced } from './traced.js';
import { type CodecKey, KEY_BYTES } from '../temporal/codec/key-ring.js';

/** What data keys are encrypted for: KMS decrypts them only when asked for the same. */
export const ENCRYPTION_CONTEXT = { application: 'anemia-mlops' };

const TRIES = 5;

/** Where AWS KMS is; `null` leaves it to the SDK. */
export interface KmsLocation {
  region: string | null;
  endpoint: string | null;
}

export const createKmsClient = ({ region, endpoint }: KmsLocation): KMSClient =>
  traced(
    new KMSClient({
      ...(region === null ? {} : { region }),
      ...(endpoint === null ? {} : { endpoint }),
      maxAttempts: TRIES,
    }),
  );

/**
 * Lets AWS KMS decrypt data keys, once each; credentials come from the AWS SDK's own chain.
 *
 * @throws PipelineFailure `CredentialsRejected`, or an Error that names the id of the key, when KMS refuses
 */
export async function decryptKeys(
  encrypted: readonly { id: string; ciphertext: Uint8Array }[],
  place: KmsLocation,
): Promise<CodecKey[]> {
  const client = createKmsClient(place);
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
