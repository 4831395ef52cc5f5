import type { ArtifactRef } from '../contracts/values.js';
import { PipelineFailure } from '../contracts/failures.js';
import { shortDigest } from '../contracts/text.js';

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

/** Where a store keeps bytes with this SHA-256. */
export const keyOf = (sha256: string): string => `objects/${sha256.slice(0, 2)}/${sha256}`;

/** Where a store keeps an artifact. @throws PipelineFailure `ArtifactCorrupt` for a reference without a hash */
export function objectKey({ sha256, uri }: ArtifactRef): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return keyOf(sha256);
  throw new PipelineFailure(
    'ArtifactCorrupt',
    `The reference to artifact ${uri} has no SHA-256; run again with --no-cache.`,
  );
}

/** What a store throws for an artifact that it does not have; one that was changed is another matter. */
export class MissingArtifact extends PipelineFailure {
  constructor({ uri }: ArtifactRef) {
    super('ArtifactCorrupt', `Artifact ${uri} is gone from the store; run again with --no-cache.`);
  }
}

/** What a store throws for an artifact that was changed. */
export const corrupt = (ref: ArtifactRef) =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `Artifact ${ref.uri} does not have its SHA-256 ${shortDigest(ref.sha256)}...: its bytes were changed; delete it and run again with --no-cache.`,
  );
