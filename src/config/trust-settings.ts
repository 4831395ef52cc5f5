import { homedir } from 'node:os';
import { resolve, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programCommand } from '../contracts/commands.js';
import type { MlflowOptions } from '../vendors/mlflow/client.js';
import { awsEndpoint, type Environment, filled, oneOf } from './environment.js';
import { mlflowAt } from './service-settings.js';
import { s3Address } from './storage-settings.js';

/** What makes a model's log hard to forge. */
export interface LedgerSettings {
  /** Fingerprints of keys, besides the store's own, whose signatures are taken. */
  trusted: string[];
  /** The KMS key that signs, by id, ARN or alias; `null` for a key of the store. */
  kmsKey: string | null;
  kms: { region: string | null; endpoint: string | null };
  /** Where heads of logs are kept apart from the registry, `null` for nowhere. */
  anchor: AnchorSettings | null;
}

type AnchorSettings =
  | { kind: 'file'; path: string }
  /** With how many days nobody can change or delete a head, where the bucket has Object Lock. */
  | { kind: 's3'; uri: string; days: number }
  | { kind: 'mlflow'; server: MlflowOptions };

const DEFAULT_DAYS = 365;
const MOST_DAYS = 36_500;

/** By `MLOPS_LOG_TRUST`, `MLOPS_LOG_KMS_KEY`, `MLOPS_ANCHOR` and `MLOPS_ANCHOR_DAYS`. @throws Error with variable and remedy */
export function ledgerSettings(env: Environment): LedgerSettings {
  return {
    trusted: fingerprints(env),
    kmsKey: filled(env, 'MLOPS_LOG_KMS_KEY') ?? null,
    kms: {
      region: filled(env, 'AWS_REGION') ?? null,
      endpoint: awsEndpoint(env, 'KMS'),
    },
    anchor: anchor(env),
  };
}

function fingerprints(env: Environment): string[] {
  const listed = (filled(env, 'MLOPS_LOG_TRUST') ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  const given = listed.filter((entry) => entry !== '');
  if (given.every((entry) => /^[0-9a-f]{64}$/.test(entry))) return given;
  throw new Error(
    `MLOPS_LOG_TRUST is not a list of fingerprints: give 64 hexadecimal digits each, separated by commas, as ${programCommand('history', '--verify')} shows them.`,
  );
}

function anchor(env: Environment): AnchorSettings | null {
  const text = filled(env, 'MLOPS_ANCHOR');
  if (text === undefined) return null;
  if (text.startsWith('s3:')) return { kind: 's3', uri: s3Address(text, 'MLOPS_ANCHOR'), days: days(env) };
  if (text.startsWith('mlflow:'))
    return { kind: 'mlflow', server: anchorServer(env, text.slice('mlflow:'.length).trim()) };
  const path = text.startsWith('file:') ? anchorFolder(text) : null;
  if (path !== null) return { kind: 'file', path };
  throw new Error(
    'MLOPS_ANCHOR is no place for anchors: give file:/path/of/a/folder, s3://bucket/prefix or mlflow:https://server.',
  );
}

/** The folder that a `file:` address or path names, `null` for none and for one of another machine. */
function anchorFolder(text: string): string | null {
  const path = text.slice('file:'.length);
  if (!path.startsWith('//')) return path === '' ? null : resolve(path);
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
}

function anchorServer(env: Environment, uri: string): MlflowOptions {
  if (!URL.canParse(uri))
    throw new Error('MLOPS_ANCHOR has no address behind mlflow: give one like mlflow:https://server.');
  const server = mlflowAt(env, uri, 'MLOPS_ANCHOR');
  const registry = filled(env, 'MLFLOW_TRACKING_URI');
  if (registry !== undefined && URL.canParse(registry) && new URL(registry).host === new URL(uri).host)
    throw new Error(
      'MLOPS_ANCHOR is the MLflow server that has the registry: who changes one can change the other, so name another place.',
    );
  return server;
}

function days(env: Environment): number {
  const count = Number(filled(env, 'MLOPS_ANCHOR_DAYS') ?? DEFAULT_DAYS);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_DAYS) return count;
  throw new Error(`MLOPS_ANCHOR_DAYS is not a number of days: give a whole number from 1 to ${MOST_DAYS}.`);
}

/** By what people are known who decide, start and go back. */
export interface IdentitySettings {
  /** `aws`: whom AWS names as the caller; `os-user`: the operating system's user. Keys of persons count under both. */
  by: 'aws' | 'os-user';
  /** Where STS is asked: region, and an emulator's address, `null` for AWS's own. */
  sts: { region: string; endpoint: string | null };
  /** Accounts whose callers a worker believes; empty for the worker's own account. */
  accounts: string[];
  /** Folder of the private keys of whoever uses this machine. */
  keys: string;
}

/** Where the AWS SDK asks when nothing names a region. */
const GLOBAL_REGION = 'us-east-1';

/**
 * By `MLOPS_IDENTITY`, by default `aws` where functions are deployed to AWS; `MLOPS_IDENTITY_ACCOUNTS` are numbers of accounts.
 * @throws Error with variable and remedy
 */
export function identitySettings(env: Environment, deployTo: 'aws' | 'local'): IdentitySettings {
  const accounts = (filled(env, 'MLOPS_IDENTITY_ACCOUNTS') ?? '').split(',').flatMap((text) => text.trim() || []);
  if (!accounts.every((account) => /^\d{12}$/.test(account)))
    throw new Error('MLOPS_IDENTITY_ACCOUNTS are no AWS accounts: give their 12 digits, separated by commas.');
  const configuration = filled(env, 'XDG_CONFIG_HOME') ?? join(homedir(), '.config');
  return {
    by: oneOf(env, 'MLOPS_IDENTITY', ['aws', 'os-user'] as const) ?? (deployTo === 'aws' ? 'aws' : 'os-user'),
    sts: {
      region: filled(env, 'AWS_REGION') ?? GLOBAL_REGION,
      endpoint: awsEndpoint(env, 'STS'),
    },
    accounts,
    keys: join(configuration, 'anemia-mlops', 'approver-keys'),
  };
}
