import type { CodecKey } from './key-ring.js';

/** Where the keys of payloads come from. */
export interface CodecKeys {
  /** The first encrypts, all decrypt. Empty: nothing is encrypted. */
  keys: readonly CodecKey[];
  /** Keys of the same use that AWS KMS must decrypt first; empty unless `keys` is. */
  kmsKeys: readonly { id: string; ciphertext: Uint8Array }[];
  /** Region and endpoint of KMS, `null` leaves them to the AWS SDK. */
  kms: { region: string | null; endpoint: string | null };
  /** Whether clients and workers take nothing that is not encrypted. */
  required: boolean;
}

/** Whether payloads are encrypted. */
export const encrypts = ({ keys, kmsKeys }: CodecKeys): boolean => keys.length + kmsKeys.length > 0;
