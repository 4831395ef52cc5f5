import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CodeStore, StateStore } from './state.js';
import { ApiError } from './errors.js';
import type { Body } from './parameters.js';
import type { Runtime } from './runtime.js';

/** What a too large upload may still send before the connection is cut, so that most clients read the refusal. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

/**
 * Reads a body of at most `limit` bytes. A larger one is read to its end and thrown away, so that the client gets its
 * answer instead of a broken connection.
 * @throws ApiError `RequestTooLargeException`
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (size > limit + MAX_DRAINED_BYTES) break;
  }
  if (size > limit) {
    throw new ApiError('RequestTooLargeException', `Request must be smaller than ${limit} bytes; send less at once.`);
  }
  return Buffer.concat(chunks);
}

/** Reads a JSON object; an empty body is an empty object. */
export async function readJson(request: IncomingMessage, limit: number): Promise<Body> {
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('InvalidRequestContentException', 'The request body is not a JSON object; send one.');
  }
  return value as Body; // a JSON object has text keys
}

/** Answers with JSON; `undefined` answers without a body. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value?: unknown,
  headers: Record<string, string> = {},
): void {
  if (value === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(value));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
    .end(bytes);
}

/** Answers with an error the way the Lambda API does. */
export function sendError(response: ServerResponse, error: ApiError): void {
  const fault = error.status >= 500 ? 'Server' : 'User';
  sendJson(
    response,
    error.status,
    { Type: fault, Message: error.message, message: error.message, Reason: error.reason },
    { 'x-amzn-errortype': error.type },
  );
}

/** Largest request of the management API: a zip of 50 MiB in base64 and its surroundings. */
const MAX_REQUEST_BYTES = 72 * 1024 * 1024;

/** What the routes work on. */
export interface RouteContext {
  state: StateStore;
  code: CodeStore;
  runtime: Runtime;
  /** `http://127.0.0.1:PORT`. */
  base: () => string;
}

/** One request, its path taken apart. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  /** Function name without its qualifier, `''` where the path has none. */
  name: string;
  qualifier: string | null;
  /** Last part of the path: an alias. */
  item: string;
}

/** Method, path below the API version with `{}` for one part, and what answers it. */
export type Route = [method: string, path: string, answer: (call: Call) => void | Promise<void>];

/** The JSON object of a management request. */
export function bodyOf({ request }: Call): Promise<Body> {
  return readJson(request, MAX_REQUEST_BYTES);
}
