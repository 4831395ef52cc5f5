import { randomBytes } from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import { FINGERPRINT_KEY_BYTES } from '../data/row-fingerprints.js';
import { openS3Folder } from '../vendors/aws/open-s3-folder.js';
import type { S3Settings } from '../vendors/aws/s3-settings.js';
import { createFileSecrets, createObjectSecrets, type SecretStore } from '../store/secrets.js';

/** Where the secrets of a store are, as plain data: compute threads open the same by it. */
export type SecretSettings = { kind: 'files'; folder: string } | { kind: 's3'; uri: string; s3: S3Settings };

/** The secrets that settings name. Nothing is read or made yet. */
export const openSecretsBy = (settings: SecretSettings): SecretStore =>
  settings.kind === 'files'
    ? createFileSecrets(settings.folder)
    : createObjectSecrets(openS3Folder(settings.uri, settings.s3));

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
