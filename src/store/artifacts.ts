import type { ArtifactRef } from '../contracts/artifact.js';
import { PipelineFailure } from '../contracts/failures.js';
import { shortDigest } from '../contracts/text.js';

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
  constructor({ uri }: ArtifactRef, options?: { cause: unknown }) {
    super('ArtifactCorrupt', `Artifact ${uri} is gone from the store; run again with --no-cache.`, options);
  }
}

export const corrupt = (ref: ArtifactRef) =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `Artifact ${ref.uri} does not have its SHA-256 ${shortDigest(ref.sha256)}...: its bytes were changed; delete it and run again with --no-cache.`,
  );
