/** How buckets are reached, as plain data: compute threads get it too. Credentials come from the AWS SDK's own chain. */
export interface S3Settings {
  /** Of an emulator or another service than AWS; `null` for AWS. */
  endpoint: string | null;
  /** `null` leaves it to the SDK. */
  region: string | null;
  /** Id or ARN of the KMS key that objects are encrypted with, `null` for the bucket's own setting. */
  kmsKey: string | null;
}

/** Where objects are: `s3://bucket/prefix`. */
export interface S3Location {
  bucket: string;
  /** Ends with `/` unless it is empty. */
  prefix: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** `null` for what is not `s3://bucket` or `s3://bucket/prefix`. */
export function parseS3Uri(uri: string): S3Location | null {
  const match = /^s3:\/\/([^/?#]+)(?:\/([^?#]*))?$/.exec(uri);
  const [, bucket = '', path = ''] = match ?? [];
  if (!BUCKET.test(bucket) || /^\/|\/\//.test(path)) return null;
  const prefix = path.replace(/\/$/, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}
