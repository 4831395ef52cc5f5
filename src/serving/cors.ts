import type { CorsPolicy } from '../contracts/definition.js';
import { isRecord } from '../model/checks.js';

/** Methods that the handler knows. */
const METHODS = 'GET, POST';

/**
 * The policy in the variable `CORS` of a function: JSON of a {@link CorsPolicy}; `null` when it is blank.
 * @throws Error for anything else, without what it holds
 */
export function parseCorsPolicy(text: string | undefined): CorsPolicy | null {
  if (text === undefined || text.trim() === '') return null;
  const value = jsonOf(text);
  const { allowOrigins, allowHeaders, maxAgeSeconds } = isRecord(value) ? value : {};
  if (isTexts(allowOrigins) && isTexts(allowHeaders) && typeof maxAgeSeconds === 'number')
    return { allowOrigins, allowHeaders, maxAgeSeconds };
  throw new Error('The variable CORS of the function is no policy; deploy the model again.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Headers that let a page of `origin` read an answer; none when the policy does not name it. `null` is no origin. */
export function corsHeaders(policy: CorsPolicy, origin: string | null): Record<string, string> {
  const everyone = policy.allowOrigins.includes('*');
  const vary: Record<string, string> = everyone ? {} : { vary: 'origin' };
  const known = origin !== null && origin !== 'null' && (everyone || policy.allowOrigins.includes(origin));
  return known ? { ...vary, 'access-control-allow-origin': everyone ? '*' : origin } : vary;
}

/** What a browser is told that asks, before its request, whether it may send it. */
export function preflightHeaders(policy: CorsPolicy, origin: string | null): Record<string, string> {
  const headers = corsHeaders(policy, origin);
  if (!('access-control-allow-origin' in headers)) return headers;
  return {
    ...headers,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': policy.allowHeaders.join(', '),
    'access-control-max-age': String(policy.maxAgeSeconds),
  };
}
