import { errorName, translated } from './aws-errors.js';
import { PipelineFailure } from '../../contracts/failures.js';

/** Answers that stay as they are until somebody changes a bucket, a policy or a key, by the remedy. */
const REMEDIES: Partial<Record<string, string>> = {
  RegionMissing: 'set AWS_REGION to the region of the bucket',
  NoSuchBucket: 'make the bucket or correct its name in MLOPS_STORAGE, MLOPS_CAPTURE or dataset.uri',
  PermanentRedirect: 'set AWS_REGION to the region of the bucket',
  AuthorizationHeaderMalformed: 'set AWS_REGION to the region of the bucket',
  AccessDenied:
    'grant the role the rights that docs/s3.md lists, in its policy, in that of the bucket and in that of its key',
  Forbidden:
    'grant the role the rights that docs/s3.md lists, in its policy, in that of the bucket and in that of its key',
  InvalidBucketName: 'correct the name of the bucket',
  AllAccessDisabled: 'ask the owner of the bucket for access',
  'KMS.NotFoundException': 'correct the key in MLOPS_S3_KMS_KEY',
  'KMS.DisabledException': 'enable the KMS key',
};

/** Name of the error, also where an answer without a body left the SDK none but its status. */
export function s3ErrorName(error: unknown): string {
  const name = errorName(error);
  if (error instanceof Error && error.message === 'Region is missing') return 'RegionMissing';
  if (name !== '' && name !== 'Unknown' && name !== 'UnknownError' && !/^\d+$/.test(name)) return name;
  return BY_STATUS[statusOf(error) ?? 0] ?? name;
}

const BY_STATUS: Partial<Record<number, string>> = {
  301: 'PermanentRedirect',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
};

export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

/**
 * What a failed call to a bucket becomes: `StorageUnusable` where only its owner helps, `CredentialsRejected` where only
 * other credentials do, otherwise a plain error that may be tried again.
 * @param doing for example `Writing to bucket models`
 */
export function s3Failure(error: unknown, doing: string): Error {
  const name = s3ErrorName(error);
  const remedy = Object.hasOwn(REMEDIES, name) ? REMEDIES[name] : undefined;
  if (remedy === undefined) return translated(error, doing);
  return new PipelineFailure('StorageUnusable', `${doing} was refused with ${name}; ${remedy}.`, {
    cause: error,
  });
}
