import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { functionNamed, LATEST, urlOf } from './functions.js';
import { decodePart } from './parameters.js';
import type { Execution, Runtime } from './runtime.js';
import type { FunctionRecord, UrlCors } from './state.js';
import { readBytes, sendJson } from './wire.js';

/** Largest body of a function URL request. */
const MAX_URL_BODY_BYTES = 6 * 1024 * 1024;
/** What AWS hands to the function as text; every other body arrives in base64, a missing content type included. */
const TEXT_CONTENT = /^(?:text\/|application\/(?:json|javascript|xml|[\w.+-]+\+(?:json|xml))\b)/i;
const PATH = /^\/function-url\/([^/]+)\/([^/]+)(\/.*)?$/;

/**
 * Answers `/function-url/<function>/<alias>/...` as AWS answers a function URL. Signatures are not checked, so that `curl`
 * also reaches a URL of AuthType AWS_IAM: only processes of this machine can call it.
 */
export async function serveFunctionUrl(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  functions: readonly Readonly<FunctionRecord>[],
  runtime: Runtime,
): Promise<void> {
  const [, name = '', encodedQualifier = '', path = '/'] = PATH.exec(url.pathname) ?? [];
  const qualifier = decodePart(encodedQualifier);
  const record = functionNamed(functions, name);
  const config = urlOf(record, qualifier === LATEST ? null : qualifier);
  if (config.cors !== null && isPreflight(request)) {
    response.writeHead(200, { ...preflightAnswer(config.cors, request), 'content-length': 0 }).end();
    return;
  }
  for (const [header, value] of Object.entries(answerHeaders(config.cors, request))) response.setHeader(header, value);
  const body = await readBytes(request, MAX_URL_BODY_BYTES);
  const event = JSON.stringify(urlEvent(request, url, path, body, name));
  respond(response, await runtime.invoke(record, config.qualifier, event));
}

function urlEvent(
  request: IncomingMessage,
  url: URL,
  path: string,
  body: Buffer,
  name: string,
): Record<string, unknown> {
  const { cookie, ...others } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(others).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
  const base64 = !TEXT_CONTENT.test(request.headers['content-type'] ?? '');
  const now = new Date();
  const content = body.length === 0 ? {} : { body: body.toString(base64 ? 'base64' : 'utf8') };
  const parameters = queryOf(url);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers,
    ...(parameters === null ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: 'anonymous',
      apiId: name,
      domainName: `${name}.lambda-url.local.on.aws`,
      domainPrefix: name,
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...content,
    isBase64Encoded: body.length > 0 && base64,
  };
}

/** Repeated parameters are joined by commas, as AWS does. */
function queryOf(url: URL): Record<string, string> | null {
  const names = [...new Set(url.searchParams.keys())];
  if (names.length === 0) return null;
  return Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name).join(',')]));
}

function respond(response: ServerResponse, execution: Execution): void {
  const own = { 'x-amzn-requestid': execution.requestId, 'x-amz-executed-version': execution.executedVersion };
  const badGateway = (): void => sendJson(response, 502, { Message: 'Internal Server Error' }, own);
  if (execution.failed) {
    badGateway();
    return;
  }
  const value: unknown = JSON.parse(execution.payload);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    sendJson(response, 200, value, own);
    return;
  }
  const answer = value as Record<string, unknown>; // a JSON object has text keys
  const { statusCode, headers, body = '', isBase64Encoded, cookies } = answer;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    badGateway();
    return;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8');
  try {
    response.setHeader('content-type', 'application/json');
    for (const [name, entry] of Object.entries(typeof headers === 'object' && headers !== null ? headers : {})) {
      if (/^(?:connection|content-length|transfer-encoding)$/i.test(name)) continue;
      response.setHeader(name, String(entry));
    }
    if (Array.isArray(cookies)) response.setHeader('set-cookie', cookies.map(String));
  } catch {
    badGateway(); // a header that HTTP does not allow is the function's mistake
    return;
  }
  response.writeHead(statusCode, { ...own, 'content-length': bytes.length }).end(bytes);
}

/** A browser's question before its request. */
const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** What AWS adds to each answer of a function URL; nothing for a page whose origin is not among those allowed. */
function answerHeaders(cors: UrlCors | null, { headers: { origin } }: IncomingMessage): Record<string, string> {
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
function preflightAnswer(cors: UrlCors, request: IncomingMessage): Record<string, string> {
  const answer = answerHeaders(cors, request);
  if (Object.keys(answer).length === 0) return answer;
  return {
    ...answer,
    'access-control-allow-methods': cors.AllowMethods.join(','),
    'access-control-allow-headers': cors.AllowHeaders.join(','),
    'access-control-max-age': String(cors.MaxAge),
  };
}
