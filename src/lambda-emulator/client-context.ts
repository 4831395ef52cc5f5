import { ApiError } from './errors.js';

/** Lambda's own limit on the header, in base64. */
export const MAX_CLIENT_CONTEXT_BYTES = 3583;

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
