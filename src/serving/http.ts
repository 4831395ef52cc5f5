import type { CorsPolicy } from '../contracts/definition.js';
import { jsonFault, type JsonFaultKind } from '../contracts/json-fault.js';
import { isRecord } from '../model/checks.js';
import { refused, type Outcome } from './request-error.js';

/** Largest body of a request in bytes, after base64 decoding. */
export const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** What a Lambda event asks for: a direct invocation, or an HTTP request behind any of the AWS front doors. */
type Invocation = { kind: 'direct'; payload: unknown } | HttpInvocation;

/** A request of a function URL, of API Gateway (payload formats 1.0 and 2.0) or of an Application Load Balancer. */
export interface HttpInvocation {
  kind: 'http';
  method: string;
  path: string;
  body: unknown;
  base64: boolean;
  requestId: string | null;
  /** Origin of the page that asks, `null` where no browser says any. */
  origin: string | null;
  /** A function URL, which answers for its own CORS settings: headers of ours would stand there twice. */
  functionUrl: boolean;
  /** A load balancer that wants its headers as lists. */
  listedHeaders: boolean;
}

type Route = 'predict' | 'health' | 'model' | 'preflight';

/** Last parts of paths; what stands before them, a base path or a stage, is the front door's business. */
const PREDICT_PARTS = new Set(['predict', 'invocations']);
const READ_PARTS = new Map<string, Route>([
  ['health', 'health'],
  ['model', 'model'],
]);

/** Recognises the events of AWS's front doors; everything else is a direct event. */
export function readInvocation(event: unknown): Invocation {
  if (!isRecord(event)) return { kind: 'direct', payload: event };
  const context = recordIn(event, 'requestContext');
  const http = recordIn(context, 'http');
  const method = http['method'] ?? event['httpMethod'];
  if (typeof method !== 'string') return { kind: 'direct', payload: event };
  const { domainName, requestId } = context;
  return {
    kind: 'http',
    method: method.toUpperCase(),
    path: pathOf(event, context),
    body: event['body'] ?? null,
    base64: event['isBase64Encoded'] === true,
    requestId: typeof requestId === 'string' ? requestId : null,
    origin: originOf(event),
    functionUrl: typeof domainName === 'string' && domainName.includes('.lambda-url.'),
    listedHeaders: isRecord(context['elb']) && isRecord(event['multiValueHeaders']),
  };
}

/**
 * The path below whatever base path, stage or resource the front door is reached by. A resource that ends in `{proxy+}`
 * hands on the rest of the path; one that is all literal leads here and to nothing else, so it asks for a prediction
 * unless its last part says otherwise. Elsewhere API Gateway may put its stage before the path.
 */
function pathOf(event: Record<string, unknown>, context: Record<string, unknown>): string {
  const template = templateOf(event);
  const last = template?.slice(template.lastIndexOf('/') + 1);
  const greedy = last === undefined ? null : /^\{([\w.-]+)\+\}$/.exec(last)?.[1];
  const rest = typeof greedy === 'string' ? recordIn(event, 'pathParameters')[greedy] : undefined;
  if (typeof rest === 'string') return plainPath(`/${rest}`);
  if (last !== undefined && !last.includes('{')) return isPart(last) ? `/${last}` : '/';
  const raw = event['rawPath'] ?? recordIn(context, 'http')['path'] ?? event['path'];
  const path = typeof raw === 'string' ? raw : '/';
  const { stage } = context;
  const staged = typeof stage === 'string' && (path === `/${stage}` || path.startsWith(`/${stage}/`));
  return plainPath(staged ? path.slice(stage.length + 1) : path);
}

/** `/anemia/{proxy+}` of `resource` (1.0) or of a route key like `ANY /anemia/{proxy+}` (2.0); `null` where there is none. */
function templateOf({ resource, routeKey }: Record<string, unknown>): string | null {
  const text = typeof resource === 'string' ? resource : typeof routeKey === 'string' ? routeKey : '';
  const path = text.slice(text.indexOf(' ') + 1);
  return path.startsWith('/') ? path : null;
}

/** A trailing slash means nothing. */
const plainPath = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/');

const isPart = (part: string): boolean => PREDICT_PARTS.has(part) || READ_PARTS.has(part);

/** Names of headers are of any case; those that occur once are in `headers`, or in lists. */
function originOf(event: Record<string, unknown>): string | null {
  for (const headers of [recordIn(event, 'headers'), recordIn(event, 'multiValueHeaders')])
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() !== 'origin') continue;
      const origin: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof origin === 'string') return origin;
    }
  return null;
}

function recordIn(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const found = value[key];
  return isRecord(found) ? found : {};
}

/** The route of a method and path, or 404 / 405. Whether a preflight is answered is for the function's policy to say. */
export function routeOf(method: string, path: string): Outcome<Route> {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const read = READ_PARTS.get(last);
  if (read === undefined && path !== '/' && !PREDICT_PARTS.has(last))
    return refused(
      'NotFound',
      'There is nothing at this path; use POST / or POST /predict to predict, GET /health or GET /model.',
    );
  if (method === 'OPTIONS') return { ok: true, value: 'preflight' };
  if (read !== undefined)
    return method === 'GET' ? { ok: true, value: read } : refused('MethodNotAllowed', 'This path answers GET only.');
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
  const text = decoded(bytes);
  if (text === null)
    return refused(
      'InvalidJson',
      `The body of ${bytes.length} bytes is no text in UTF-8; send a JSON object so encoded.`,
    );
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return refused('InvalidJson', `The body of ${bytes.length} bytes is not JSON; ${REMEDIES[jsonFault(text).kind]}.`);
  }
}

/** What to send instead. */
const REMEDIES: Record<JsonFaultKind, string> = {
  'no-number': 'JSON knows no NaN and no Infinity: send null for a value that was not measured',
  'other-word': 'JSON writes null, true and false: let json.dumps of Python or JSON.stringify write the body',
  quotes: 'JSON encloses names and texts in double quotes ("): let json.dumps or JSON.stringify write the body',
  number: 'JSON writes numbers like -0.5 or 1e3: no +, no zero in front, and digits on both sides of the point',
  comma: 'take out the comma that no value follows',
  comment: 'JSON has no comments: take them out',
  more: 'send one JSON object a request, or several rows in its list "instances"',
  cut: 'it ends before its last bracket or quote is closed: send all of it',
  other: 'send a JSON object',
};

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

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
