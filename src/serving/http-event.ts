import { isRecord } from './checks.js';
import { refused, type Outcome } from './request-error.js';

/** Largest body of a request in bytes, after base64 decoding. */
export const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** What a Lambda event asks for: a direct invocation, or an HTTP request behind any of the AWS front doors. */
export type Invocation =
  | { kind: 'direct'; payload: unknown }
  | { kind: 'http'; method: string; path: string; body: unknown; base64: boolean; requestId: string | null };

export type Route = 'predict' | 'health' | 'model';

const PREDICT_PATHS = new Set(['/', '/predict', '/invocations']);
const READ_PATHS = new Map<string, Route>([
  ['/health', 'health'],
  ['/model', 'model'],
]);

/** Recognises function URL and API Gateway events (payload formats 1.0 and 2.0); everything else is a direct event. */
export function readInvocation(event: unknown): Invocation {
  if (!isRecord(event)) return { kind: 'direct', payload: event };
  const context = isRecord(event['requestContext']) ? event['requestContext'] : {};
  const http = isRecord(context['http']) ? context['http'] : {};
  const method = http['method'] ?? event['httpMethod'];
  if (typeof method !== 'string') return { kind: 'direct', payload: event };
  return {
    kind: 'http',
    method: method.toUpperCase(),
    path: pathOf(event['rawPath'] ?? http['path'] ?? event['path'], context['stage']),
    body: event['body'] ?? null,
    base64: event['isBase64Encoded'] === true,
    requestId: typeof context['requestId'] === 'string' ? context['requestId'] : null,
  };
}

/** API Gateway puts the stage before the path; a trailing slash means nothing. */
function pathOf(raw: unknown, stage: unknown): string {
  let path = typeof raw === 'string' ? raw : '/';
  if (typeof stage === 'string' && (path === `/${stage}` || path.startsWith(`/${stage}/`)))
    path = path.slice(stage.length + 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
}

/** The route of a method and path, or 404 / 405. */
export function routeOf(method: string, path: string): Outcome<Route> {
  const read = READ_PATHS.get(path);
  if (read !== undefined) {
    return method === 'GET' ? { ok: true, value: read } : refused('MethodNotAllowed', 'This path answers GET only.');
  }
  if (!PREDICT_PATHS.has(path)) {
    return refused('NotFound', 'There is nothing at this path; use POST / to predict, GET /health or GET /model.');
  }
  return method === 'POST'
    ? { ok: true, value: 'predict' }
    : refused('MethodNotAllowed', 'This path answers POST only; GET /model describes the input.');
}

/** The JSON value of an HTTP body. `curl -d` without a header arrives base64-encoded, so the flag alone decides. */
export function readBody(body: unknown, base64: boolean): Outcome<unknown> {
  if (typeof body !== 'string' || body === '') {
    return refused('InvalidJson', 'The body is empty; send a JSON object with one number per feature, see GET /model.');
  }
  const bytes = Buffer.from(body, base64 ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    return refused(
      'TooLarge',
      `The body has ${bytes.length} bytes, at most ${MAX_BODY_BYTES} are read; send smaller batches.`,
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return refused('InvalidJson', `The body of ${bytes.length} bytes is not JSON in UTF-8; send a JSON object.`);
  }
}
