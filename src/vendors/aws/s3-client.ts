import { S3Client } from '@aws-sdk/client-s3';
import { traced } from './traced.js';
import type { S3Settings } from './s3-settings.js';

/** Milliseconds until a connection stands, and without a byte on it. */
const CONNECT_MS = 5_000;
const IDLE_MS = 60_000;

/** With one try by the SDK and up to four more: lost answers, 5xx and `SlowDown` pass by themselves. */
const TRIES = 5;

/** A client for AWS or, by an endpoint, for what behaves like S3; such services rarely have a host name per bucket. */
export function createS3Client({ endpoint, region }: S3Settings): S3Client {
  const client = new S3Client({
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(region === null ? {} : { region }),
    maxAttempts: TRIES,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: IDLE_MS, throwOnRequestTimeout: true },
  });
  return traced(client);
}
