import type { ArtifactRef } from '../contracts/artifact.js';

/**
 * Bytes under their own hash. Writing the same bytes twice gives the same reference; reading checks the hash and
 * throws `ArtifactCorrupt` when bytes are missing or differ.
 */
export interface ArtifactStore {
  put(bytes: Uint8Array): Promise<ArtifactRef>;
  /** Stores a file by moving it where possible; the path is gone afterwards. */
  putFile(path: string): Promise<ArtifactRef>;
  get(ref: ArtifactRef): Promise<Uint8Array>;
  /** A local path holding the checked bytes, for readers that need a file. Read only. */
  localPath(ref: ArtifactRef): Promise<string>;
  /** Whether the bytes are there and intact. */
  has(ref: ArtifactRef): Promise<boolean>;
  /** A fresh directory for partial output, removed with all it holds when `use` settles. */
  withScratch<T>(use: (directory: string) => Promise<T>): Promise<T>;
}

/** Results of finished steps by the hash of their inputs. A missing entry is a reason to compute, never an error. */
export interface StepCache {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}
