import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from '../data/download-limits.js';
import { parseS3Uri } from '../vendors/aws/open-s3.js';
import type { S3Settings } from '../vendors/aws/objects.js';
import { filled, awsEndpoint, type Environment } from './environment.js';

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

const MIB = 2 ** 20;
/** Beyond, sizes in bytes are no whole numbers any more. */
const MOST_MIB = 2 ** 33;
const MOST_IDLE_SECONDS = 3600;

/** A name, an address of IPv4 or one of IPv6 in brackets or without, with a port or without. */
const HOST = /^(\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+|[a-z0-9_.-]+)(:\d{1,5})?$/;

/** By `MLOPS_DOWNLOAD_HOSTS`, `MLOPS_DOWNLOAD_MAX_MIB` and `MLOPS_DOWNLOAD_IDLE`. @throws Error with variable and remedy */
export function downloadLimits(env: Environment): DownloadLimits {
  const hosts = (filled(env, 'MLOPS_DOWNLOAD_HOSTS') ?? '')
    .toLowerCase()
    .split(',')
    .flatMap((host) => host.trim() || []);
  if (!hosts.every((host) => HOST.test(host)))
    throw new Error(
      'MLOPS_DOWNLOAD_HOSTS is not a list of hosts: give names or addresses without scheme and path, with commas, like data.internal,10.0.0.7:8080.',
    );
  return {
    hosts: hosts.map((host) => host.replace(/^\[(.*)\]$/, '$1')),
    maxBytes: numberOf(env, 'MLOPS_DOWNLOAD_MAX_MIB', DEFAULT_DOWNLOAD_LIMITS.maxBytes / MIB, MOST_MIB) * MIB,
    idleMs: numberOf(env, 'MLOPS_DOWNLOAD_IDLE', DEFAULT_DOWNLOAD_LIMITS.idleMs / 1000, MOST_IDLE_SECONDS) * 1000,
  };
}

function numberOf(env: Environment, name: string, fallback: number, most: number): number {
  const value = Number(filled(env, name) ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${name} is not a limit: give a whole number from 1 to ${most}.`);
  return value;
}
