import type { IncomingMessage, ServerResponse } from 'node:http';

/** HTTP status of every Lambda API error that is answered. */
const STATUS = {
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  ForbiddenException: 403,
  ResourceNotFoundException: 404,
  MethodNotAllowedException: 405,
  ResourceConflictException: 409,
  PreconditionFailedException: 412,
  RequestTooLargeException: 413,
  TooManyRequestsException: 429,
  ServiceException: 500,
} as const;

/** Names of the errors, as AWS spells them. */
export type ApiErrorType = keyof typeof STATUS;

/** An error of the Lambda API, as the AWS SDK will see it. */
export class ApiError extends Error {
  readonly status: number;

  constructor(
    readonly type: ApiErrorType,
    message: string,
    /** Why a request was throttled, as in AWS's `ThrottleReason`. */
    readonly reason?: string,
  ) {
    super(message);
    this.name = type;
    this.status = STATUS[type];
  }
}

/** `ResourceNotFoundException` for a function, version, alias or URL. */
export function notFound(what: string): ApiError {
  return new ApiError('ResourceNotFoundException', `${what} does not exist; create it first.`);
}

/** `InvalidParameterValueException`: which parameter, and what is allowed. */
export function invalidParameter(name: string, expected: string): ApiError {
  return new ApiError('InvalidParameterValueException', `${name} must be ${expected}.`);
}

/** JSON object of a request. */
export type Body = Record<string, unknown>;

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
