/** Bytes of an AES-256 key. */
export const KEY_BYTES = 32;

/** Names a key in payloads, where everybody can read it. */
export const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** A key that payloads are encrypted with. */
export interface CodecKey {
  id: string;
  /** 32 bytes. */
  key: Uint8Array;
}

/** Keys of payloads: `current` encrypts, `null` for none; all decrypt. */
export interface KeyRing {
  current: CodecKey | null;
  find: (id: string) => CodecKey | undefined;
}

/** The first key encrypts. Without keys nothing is encrypted, and nothing that is can be read. */
export const createKeyRing = (keys: readonly CodecKey[]): KeyRing => ({
  current: keys[0] ?? null,
  find: (id) => keys.find((key) => key.id === id),
});

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
