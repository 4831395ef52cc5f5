import type { EvidentlyOptions } from '../vendors/evidently/client.js';
import { type Environment, filled } from './environment.js';

/** By `EVIDENTLY_URL` and `EVIDENTLY_SECRET`; `null` without the former. */
export function evidentlyServer(env: Environment): EvidentlyOptions | null {
  const url = filled(env, 'EVIDENTLY_URL');
  if (url === undefined) return null;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new Error(
      'EVIDENTLY_URL is not the http: or https: address of a server: a workspace folder cannot be used directly, so start evidently ui.',
    );
  if (parsed.username !== '' || parsed.password !== '')
    throw new Error('EVIDENTLY_URL has a user name or password in it: put the secret into EVIDENTLY_SECRET.');
  if (parsed.search !== '' || parsed.hash !== '')
    throw new Error('EVIDENTLY_URL has a query or a fragment in it: give the address of the server alone.');
  const secret = filled(env, 'EVIDENTLY_SECRET') ?? null;
  if (secret !== null && !/^[\x21-\x7e]+$/.test(secret))
    throw new Error(
      'EVIDENTLY_SECRET has characters that a header cannot carry: use letters, digits and signs of ASCII.',
    );
  return { url, secret };
}
