import type { UrlCors } from './state.js';
import { ApiError, type Body, invalidParameter } from './wire.js';

const FUNCTION_NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const ALIAS_NAME = /^(?!\d+$)[a-zA-Z0-9-_]{1,128}$/;

/** Lambda's own limit on all variables of a function. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** A function's name and qualifier out of a name, `name:qualifier`, partial or whole ARN. */
export function parseFunctionName(text: string): { name: string; qualifier: string | null } {
  const parts = text.split(':');
  const at = parts.indexOf('function');
  const [name = '', qualifier = null] = at === -1 ? parts.slice(-2 + Number(parts.length === 1)) : parts.slice(at + 1);
  if (!FUNCTION_NAME.test(name)) throw invalidParameter('FunctionName', '1 to 64 letters, digits, - and _');
  return { name, qualifier };
}

/** Name of an alias: not a number, so that it never looks like a version. */
export function aliasName(value: unknown): string {
  if (typeof value !== 'string' || !ALIAS_NAME.test(value)) {
    throw invalidParameter('Name', '1 to 128 letters, digits, - and _, and not a number');
  }
  return value;
}

/** Text of at most `max` characters, or the given default when absent. */
export function textOf(body: Body, name: string, fallback: string, max = 256): string {
  const value = body[name] ?? fallback;
  if (typeof value !== 'string' || value.length > max)
    throw invalidParameter(name, `text of at most ${max} characters`);
  return value;
}

/** Whole number within limits, or the given default when absent. */
export function integerOf(body: Body, name: string, fallback: number, min: number, max: number): number {
  const value = body[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw invalidParameter(name, `a whole number from ${min} to ${max}`);
  }
  return value;
}

/** Nested object of a request, empty when absent. */
export function objectOf(body: Body, name: string): Body {
  const value = body[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidParameter(name, 'an object');
  return value as Body; // a JSON object has text keys
}

/** Environment variables of a request, or the given default when absent. */
export function environmentOf(body: Body, fallback: Record<string, string>): Record<string, string> {
  if (body['Environment'] === undefined) return fallback;
  const entries = Object.entries(objectOf(objectOf(body, 'Environment'), 'Variables'));
  const variables: [string, string][] = entries.map(([key, value]) => {
    if (!/^[a-zA-Z]\w+$/.test(key) || typeof value !== 'string') {
      throw invalidParameter('Environment.Variables', 'texts under names of letters, digits and _');
    }
    return [key, value];
  });
  const bytes = variables.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES)
    throw invalidParameter(
      'Environment.Variables',
      `names and values of at most ${MAX_ENVIRONMENT_BYTES} bytes in all`,
    );
  return Object.fromEntries(variables);
}

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

/** Bytes of the base64 field `ZipFile`. */
export function zipOf(body: Body): Uint8Array {
  const value = body['ZipFile'];
  if (typeof value !== 'string')
    throw invalidParameter('ZipFile', 'the code; S3 locations and images are not supported here');
  return Buffer.from(value, 'base64');
}

/** Percent-decodes one part of a path. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidParameter('The path', 'percent-encoded UTF-8');
  }
}

/** Lambda's own limit on the header, in base64. */
const MAX_CLIENT_CONTEXT_BYTES = 3583;

/**
 * JSON text of the header `x-amz-client-context`, `null` without it.
 * @throws ApiError `InvalidRequestContentException` when it is not base64 of a JSON object, or too long
 */
export function clientContextOf(header: string | string[] | undefined): string | null {
  if (header === undefined || header === '') return null;
  const encoded = String(header);
  if (encoded.length > MAX_CLIENT_CONTEXT_BYTES || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw malformed();
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return text;
}

function malformed(): ApiError {
  return new ApiError(
    'InvalidRequestContentException',
    `Client context must be a JSON object in base64 of at most ${MAX_CLIENT_CONTEXT_BYTES} bytes.`,
  );
}
