import { parseS3Uri, type S3Settings } from '../vendors/aws/settings.js';
import { filled, awsEndpoint } from './environment.js';

/** Where artifacts, registry, reports and captures are kept. */
export interface StorageSettings {
  /** `s3://bucket/prefix` without `/` at its end; `null` for files below the home. */
  base: string | null;
  s3: S3Settings;
}

/** By `MLOPS_STORAGE`, `MLOPS_S3_KMS_KEY` and the AWS SDK's own variables. @throws Error with variable and remedy */
export function storageSettings(env: NodeJS.ProcessEnv): StorageSettings {
  const text = filled(env, 'MLOPS_STORAGE');
  return {
    base: text === undefined ? null : s3Address(text, 'MLOPS_STORAGE'),
    s3: {
      endpoint: awsEndpoint(env, 'S3'),
      region: filled(env, 'AWS_REGION') ?? null,
      kmsKey: filled(env, 'MLOPS_S3_KMS_KEY') ?? null,
    },
  };
}

/** The address without `/` at its end. */
export function s3Address(text: string, variable: string): string {
  const place = parseS3Uri(text);
  if (place === null)
    throw new Error(
      `${variable} is not an address of a bucket: give one like s3://bucket/prefix, or unset it to use files.`,
    );
  return `s3://${place.bucket}/${place.prefix}`.replace(/\/$/, '');
}
