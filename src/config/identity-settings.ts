import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Environment, filled, oneOf } from './environment.js';

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
      endpoint: filled(env, 'AWS_ENDPOINT_URL_STS') ?? filled(env, 'AWS_ENDPOINT_URL') ?? null,
    },
    accounts,
    keys: join(configuration, 'anemia-mlops', 'approver-keys'),
  };
}
