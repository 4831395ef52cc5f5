/** Bytes of an AES-256 key. */
export const KEY_BYTES = 32;

/** Names a key in payloads, where everybody can read it. */
export const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

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
