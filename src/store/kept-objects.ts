/** Objects that are written once and kept: what an anchor needs of a bucket. */
export interface KeptObjects {
  list(prefix: string): Promise<string[]>;
  get(key: string): Promise<{ bytes: Uint8Array } | null>;
  /** Keeps an object; where the bucket has Object Lock, nobody can change or delete it for a time. */
  keep(key: string, bytes: Uint8Array): Promise<void>;
}
