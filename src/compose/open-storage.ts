import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PipelineFailure } from '../contracts/failures.js';
import { FINGERPRINT_KEY_BYTES } from '../data/row-fingerprints.js';
import { createArtifactStore, type ArtifactStore, type StepCache } from '../store/artifacts.js';
import { createFileObjects } from '../store/file-objects.js';
import type { Objects } from '../store/objects.js';
import { createSecrets, type SecretStore } from '../store/secrets.js';
import { openS3Folder } from '../vendors/aws/open-s3.js';
import type { S3Settings } from '../vendors/aws/objects.js';

/** Where objects are, as plain data: compute threads open the same by it. */
export interface Location {
  /** `file:` or `s3:` URI without `/` at its end. */
  uri: string;
  s3: S3Settings;
}

/**
 * The objects at a location: the one place that knows what they may be kept in. Nothing is read or written yet.
 * @throws Error for another kind of URI
 */
export function openObjectsAt({ uri, s3 }: Location): Objects {
  if (uri.startsWith('s3:')) return openS3Folder(uri, s3);
  if (uri.startsWith('file:')) return createFileObjects(fileURLToPath(uri));
  throw new Error(`${uri} is no place for objects: give a URI like file:///var/capture or s3://bucket/prefix.`);
}

/** Where artifacts are; `local` is a directory for scratch and for copies of what is read as a file. */
export type StoreLocation = Location & { local: string };

/** The artifacts at a location. */
export const openStoreBy = (location: StoreLocation): ArtifactStore & StepCache =>
  createArtifactStore(openObjectsAt(location), location.uri, location.local);

/** The keys at a location. */
export const openSecretsBy = (location: Location): SecretStore => createSecrets(openObjectsAt(location));

/**
 * The key that training rows are fingerprinted under, made when it is asked for first.
 * @throws PipelineFailure `StorageUnusable` when it cannot be read, or is no such key
 */
export async function openFingerprintKey(secrets: SecretStore): Promise<Uint8Array> {
  const key = await secrets.getOrMake('fingerprint-key', () => randomBytes(FINGERPRINT_KEY_BYTES));
  if (key.length !== FINGERPRINT_KEY_BYTES)
    throw new PipelineFailure(
      'StorageUnusable',
      `The key keys/fingerprint-key has ${key.length} bytes instead of ${FINGERPRINT_KEY_BYTES}: put it back from a backup, or remove it, and the rows of the versions so far cannot be told apart from new ones any more.`,
    );
  return key;
}
