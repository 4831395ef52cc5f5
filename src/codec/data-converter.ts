import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createEncryptionCodec } from './encryption-codec.js';
import { type CodecKey, createKeyRing } from './key-ring.js';

/** Where the keys of payloads come from. */
export interface CodecKeys {
  /** The first encrypts, all decrypt. Empty: nothing is encrypted. */
  keys: readonly CodecKey[];
  /** Keys of the same use that AWS KMS must decrypt first; empty unless `keys` is. */
  kmsKeys: readonly { id: string; ciphertext: Uint8Array }[];
  /** Region and endpoint of KMS, `null` leaves them to the AWS SDK. */
  kms: { region: string | null; endpoint: string | null };
}

/** Module that encodes failures whole; for the data converter, and for bundles of workflows that encrypt. */
export const FAILURE_CONVERTER = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

/** Whether payloads are encrypted. */
export const encrypts = ({ keys, kmsKeys }: CodecKeys): boolean => keys.length + kmsKeys.length > 0;

/**
 * What every client and worker takes as its data converter. Without keys it changes nothing, but refuses what is
 * encrypted in one sentence: a worker without them would else end a run that only waits for a key.
 *
 * @throws Error when KMS does not decrypt a key
 */
export async function openDataConverter(from: CodecKeys): Promise<DataConverter> {
  const keys = from.kmsKeys.length === 0 ? from.keys : await keysOfKms(from);
  return {
    payloadCodecs: [createEncryptionCodec(createKeyRing(keys))],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER }),
  };
}

async function keysOfKms({ kmsKeys, kms }: CodecKeys): Promise<CodecKey[]> {
  const { decryptKeys } = await import('./kms-keys.js'); // the SDK takes a while to load
  return decryptKeys(kmsKeys, kms);
}
