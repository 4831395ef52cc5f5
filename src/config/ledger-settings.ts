import { type Environment, filled } from './environment.js';

/** What makes a model's log hard to forge. */
export interface LedgerSettings {
  /** Fingerprints of keys, besides the store's own, whose signatures are taken. */
  trusted: string[];
}

/** By `MLOPS_LOG_TRUST`. @throws Error with variable and remedy */
export function ledgerSettings(env: Environment): LedgerSettings {
  return { trusted: fingerprints(env) };
}

function fingerprints(env: Environment): string[] {
  const listed = (filled(env, 'MLOPS_LOG_TRUST') ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  const given = listed.filter((entry) => entry !== '');
  if (given.every((entry) => /^[0-9a-f]{64}$/.test(entry))) return given;
  throw new Error(
    'MLOPS_LOG_TRUST is not a list of fingerprints: give 64 hexadecimal digits each, separated by commas, as npm run history -- --verify shows them.',
  );
}
