import type { IncomingMessage } from 'node:http';
import { invalidParameter } from './errors.js';
import type { Body } from './parameters.js';
import type { UrlCors } from './state.js';

/** Seconds; AWS takes no more. */
const MAX_AGE = 86_400;

/** The CORS settings of a request about a function URL. @throws ApiError for others than AWS takes */
export function corsOf(body: Body): UrlCors {
  const { MaxAge: maxAge = 0, AllowCredentials: credentials = false } = body;
  if (typeof maxAge !== 'number' || !(maxAge >= 0 && maxAge <= MAX_AGE))
    throw invalidParameter('Cors.MaxAge', `0 to ${MAX_AGE} seconds`);
  if (typeof credentials !== 'boolean') throw invalidParameter('Cors.AllowCredentials', 'true or false');
  return {
    AllowOrigins: textsOf(body, 'AllowOrigins'),
    AllowHeaders: textsOf(body, 'AllowHeaders'),
    AllowMethods: textsOf(body, 'AllowMethods'),
    ExposeHeaders: textsOf(body, 'ExposeHeaders'),
    MaxAge: maxAge,
    AllowCredentials: credentials,
  };
}

function textsOf(body: Body, name: string): string[] {
  const value = body[name] ?? [];
  if (!isTexts(value)) throw invalidParameter(`Cors.${name}`, 'a list of texts');
  return value;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item.length <= 253);

/** A browser's question before its request. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** What AWS adds to each answer of a function URL; nothing for a page whose origin is not among those allowed. */
export function answerHeaders(cors: UrlCors | null, { headers: { origin } }: IncomingMessage): Record<string, string> {
  if (cors === null || origin === undefined || origin === 'null') return {};
  const everyone = cors.AllowOrigins.includes('*');
  if (!everyone && !cors.AllowOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': everyone && !cors.AllowCredentials ? '*' : origin,
    vary: 'Origin',
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders.length === 0 ? {} : { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
}

/** What AWS answers to a preflight itself, without the function. */
export function preflightAnswer(cors: UrlCors, request: IncomingMessage): Record<string, string> {
  const answer = answerHeaders(cors, request);
  if (Object.keys(answer).length === 0) return answer;
  return {
    ...answer,
    'access-control-allow-methods': cors.AllowMethods.join(','),
    'access-control-allow-headers': cors.AllowHeaders.join(','),
    'access-control-max-age': String(cors.MaxAge),
  };
}
