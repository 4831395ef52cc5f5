import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { PipelineFailure } from '../../contracts/failures.js';
import type { Objects, PutCondition } from '../../store/objects.js';
import { allPages } from '../http/exchange.js';
import { s3ErrorName, s3Failure, statusOf, traced } from './client.js';

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

/** S3 takes 10,000 parts of at least 5 MiB. */
const PART = { bytes: 16 << 20, most: 10_000, atOnce: 2 } as const;

/** A browser shows what is opened from a bucket by its type. */
const TYPES: Partial<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
};

const ABSENT = new Set(['NoSuchKey', 'NotFound']);
/** What refuses a conditional write: another state than the one named, none at all, or a rival at this moment. */
const LOST = new Set(['PreconditionFailed', 'NoSuchKey', 'NotFound', 'ConditionalRequestConflict']);

/**
 * Objects below a prefix of a bucket.
 * @throws PipelineFailure `StorageUnusable` or `CredentialsRejected` where no retry helps
 */
export function createS3Objects(client: S3Client, { bucket, prefix }: S3Location, kmsKey: string | null): Objects {
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  const typed = (key: string) => ({ ...at(key), ContentType: TYPES[extname(key)] ?? 'application/octet-stream' });
  const encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> =
    kmsKey === null ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey };
  const reading = `Reading from bucket ${bucket}`;
  const writing = `Writing to bucket ${bucket}`;

  const get: Objects['get'] = (key) =>
    orAbsent(reading, async () => {
      const { Body, ETag } = await client.send(new GetObjectCommand(at(key)));
      return { bytes: await Body!.transformToByteArray(), tag: ETag ?? '' };
    });

  const entries: Objects['entries'] = async (start) => {
    const listing = `Listing bucket ${bucket}`;
    const asked = { Bucket: bucket, Prefix: `${prefix}${start}` };
    const pages = await allPages(
      (ContinuationToken) =>
        client.send(new ListObjectsV2Command({ ...asked, ContinuationToken })).catch((error: unknown) => {
          throw s3Failure(error, listing);
        }),
      (page) => (page.IsTruncated === true ? page.NextContinuationToken : undefined),
      (why) => new PipelineFailure('StorageUnusable', `${listing} was given up: ${why}; check the service behind it.`),
    );
    return pages
      .flatMap(({ Contents = [] }) => Contents)
      .flatMap(({ Key, Size = 0, LastModified }) =>
        Key === undefined
          ? []
          : [{ key: Key.slice(prefix.length), bytes: Size, modified: LastModified?.getTime() ?? 0 }],
      )
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  };

  return {
    get,

    async *open(key) {
      const found = await orAbsent(reading, () => client.send(new GetObjectCommand(at(key))));
      if (found === null)
        throw new PipelineFailure(
          'ArtifactCorrupt',
          `There is no object s3://${bucket}/${prefix}${key}; was it deleted?`,
        );
      try {
        for await (const chunk of found.Body as Readable) yield chunk as Uint8Array;
      } catch (error) {
        throw s3Failure(error, reading);
      }
    },

    async size(key) {
      const found = await orAbsent(reading, () => head(client, at(key)));
      return found === null ? null : (found.ContentLength ?? 0);
    },

    async put(key, bytes, condition) {
      try {
        const input = { ...typed(key), ...encryption, ...headersOf(condition), Body: bytes };
        return (await client.send(new PutObjectCommand(input))).ETag ?? '';
      } catch (error) {
        if (condition === 'always' || !LOST.has(s3ErrorName(error))) throw s3Failure(error, writing);
      }
      // The SDK may have tried again after an answer that was lost: then these bytes are there, and it was this write.
      const found = await get(key);
      return found !== null && Buffer.compare(found.bytes, bytes) === 0 ? found.tag : null;
    },

    async putFile(key, path) {
      const { size } = await stat(path);
      const upload = new Upload({
        client,
        params: { ...typed(key), ...encryption, Body: createReadStream(path) },
        partSize: Math.max(PART.bytes, Math.ceil(size / PART.most)),
        queueSize: PART.atOnce,
        leavePartsOnError: false,
      });
      await upload.done().catch((error: unknown) => {
        throw s3Failure(error, writing);
      });
    },

    list: async (start) => (await entries(start)).map(({ key }) => key),
    entries,

    async delete(key) {
      await orAbsent(`Deleting from bucket ${bucket}`, () => client.send(new DeleteObjectCommand(at(key))));
    },

    append: null,
    path: () => null,
  };
}

/** An answer to HEAD has no body, and so a refusal no name: a GET then tells it. */
async function head(
  client: S3Client,
  place: { Bucket: string; Key: string },
): Promise<Pick<HeadObjectCommandOutput, 'ContentLength'>> {
  try {
    return await client.send(new HeadObjectCommand(place));
  } catch (error) {
    const status = statusOf(error);
    if (status !== 400 && status !== 403 && status !== 404) throw error;
    const { Body } = await client.send(new GetObjectCommand(place));
    (Body as Readable).destroy();
    throw error;
  }
}

async function orAbsent<T>(doing: string, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (ABSENT.has(s3ErrorName(error))) return null;
    throw s3Failure(error, doing);
  }
}

const headersOf = (condition: PutCondition): Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'> =>
  condition === 'always' ? {} : condition === 'when-absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.whenTag };

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
