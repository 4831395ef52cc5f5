import type { CorsPolicy } from '../contracts/definition.js';
import type { ModelDocument } from '../contracts/model.js';
import { predictionIdOf } from '../contracts/requests.js';
import { isRecord } from '../model/checks.js';
import { corsHeaders, preflightHeaders, type HttpInvocation, readBody, readInvocation, routeOf } from './http.js';
import { modelCard, type ModelMeta } from './model-card.js';
import { classOf, scoreRow, scoreRows } from '../model/predict.js';
import { predictionLines, refusalLine } from './prediction-log.js';
import { readInputs } from './request.js';
import { ERROR_STATUS, type Outcome, type RequestError } from './request-error.js';

/** What the handler needs from outside; the entry of the Lambda fills it in. */
export interface HandlerPorts {
  document: ModelDocument;
  meta: ModelMeta;
  /** False leaves the inputs out of the prediction log. */
  captureInputs: boolean;
  /** Pages of which other origins may ask, where nobody in front of the function answers for that; `null` for none. */
  cors: CorsPolicy | null;
  now(): Date;
  newId(): string;
  /** Takes one complete line of the prediction log, without its newline. */
  writeLine(line: string): void;
}

/** The part of Lambda's context object that is used. */
export interface InvocationContext {
  awsRequestId?: string;
  /** What the caller says of itself; `custom.purpose` marks requests that are not of real callers. */
  clientContext?: unknown;
}

/** Answer to an HTTP event, for function URLs, both API Gateway payload formats and load balancers. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  /** The same headers for a load balancer that takes lists only. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: false;
}

/** Fewer rows than this are scored one by one: packing the trees would take longer. The scores are the same. */
const PACKED_FROM_ROWS = 64;

type Answer = Record<string, unknown>;

/**
 * The one Lambda handler. A direct event is answered with the plain prediction object, or, when it is refused, with
 * `{statusCode, error}` and no exception: a bad input is no failed invocation. An HTTP event is answered with an HTTP answer.
 */
export function createHandler(
  ports: HandlerPorts,
): (event: unknown, context?: InvocationContext) => Promise<Answer | HttpAnswer> {
  const { document, meta } = ports;

  const predict = (payload: Outcome<unknown>, id: string, purpose: string | null): Outcome<Answer> => {
    const { features } = document;
    const inputs = payload.ok ? readInputs(features, payload.value) : payload;
    const request = { id, time: ports.now().toISOString(), purpose, meta, features };
    if (!inputs.ok) {
      ports.writeLine(refusalLine(request, inputs.error));
      return inputs;
    }
    const { columns, rows, batch } = inputs.value;
    const scores = scoreAll(document, columns, rows);
    const predictions = scores.map((score) => classOf(document, score));
    const record = { ...request, columns, predictions, scores };
    for (const line of predictionLines(record, ports.captureInputs && purpose === null)) ports.writeLine(line);
    if (batch) return { ok: true, value: { predictions, scores, model: meta, id } };
    const label = predictions[0] === 1 ? document.labels.positive : document.labels.negative;
    return { ok: true, value: { predictions: predictions[0], score: scores[0], label, model: meta, id } };
  };

  const answer = (event: unknown, context?: InvocationContext): Answer | HttpAnswer => {
    const invocation = readInvocation(event);
    const requestId = invocation.kind === 'http' ? invocation.requestId : null;
    const id = predictionIdOf(context?.awsRequestId) ?? predictionIdOf(requestId) ?? ports.newId();
    const purpose = purposeOf(context?.clientContext);
    if (invocation.kind === 'direct') {
      const outcome = predict({ ok: true, value: invocation.payload }, id, purpose);
      return outcome.ok
        ? outcome.value
        : { statusCode: ERROR_STATUS[outcome.error.type], error: outcome.error, model: meta, id };
    }
    return inFormOf(invocation, answerHttp(invocation, id, purpose));
  };

  const answerHttp = (request: HttpInvocation, id: string, purpose: string | null): HttpAnswer => {
    const cors = request.functionUrl ? null : ports.cors;
    const allowed = cors === null ? {} : corsHeaders(cors, request.origin);
    const refusal = (error: RequestError): HttpAnswer =>
      http(ERROR_STATUS[error.type], { error, model: meta, id }, allowed);
    const route = routeOf(request.method, request.path);
    if (!route.ok) return refusal(route.error);
    if (route.value === 'preflight')
      return cors === null
        ? refusal(ports.cors === null ? CLOSED : NO_PREFLIGHT)
        : { ...http(204, ''), headers: preflightHeaders(cors, request.origin), body: '' };
    if (route.value === 'health') return http(200, { status: 'ok', model: meta }, allowed);
    if (route.value === 'model') return http(200, modelCard(document, meta), allowed);
    const outcome = predict(readBody(request.body, request.base64), id, purpose);
    return outcome.ok ? http(200, outcome.value, allowed) : refusal(outcome.error);
  };

  return (event, context) => new Promise((resolve) => resolve(answer(event, context)));
}

/** What a browser is told where nothing says which pages may ask. */
const CLOSED: RequestError = {
  type: 'MethodNotAllowed',
  message:
    'Pages of other origins may not ask this function; set deployment.function.cors in the definition to let them.',
  fields: [],
};

/** A function URL with CORS settings answers preflights before the function, which then sees other questions alone. */
const NO_PREFLIGHT: RequestError = {
  type: 'MethodNotAllowed',
  message:
    'This is no preflight, which the function URL would have answered: OPTIONS needs the headers Origin and Access-Control-Request-Method.',
  fields: [],
};

/** Smoke tests and probes say so; anything else is a caller like every other. */
function purposeOf(clientContext: unknown): string | null {
  const custom = isRecord(clientContext) ? clientContext['custom'] : null;
  const purpose = isRecord(custom) ? custom['purpose'] : null;
  return purpose === 'smoke-test' || purpose === 'probe' ? purpose : null;
}

function scoreAll(document: ModelDocument, columns: Float64Array[], rows: number): number[] {
  const indices = Int32Array.from({ length: rows }, (_, i) => i);
  if (rows >= PACKED_FROM_ROWS) return Array.from(scoreRows(document, { columns }, indices));
  const row = (i: number): number[] => columns.map((column) => column[i]!);
  return Array.from(indices, (i) => scoreRow(document, row(i)));
}

function http(statusCode: number, body: unknown, more: Record<string, string> = {}): HttpAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...more };
  return { statusCode, headers, body: JSON.stringify(body), isBase64Encoded: false };
}

/** A load balancer that lists the headers of requests takes those of answers as lists only. */
function inFormOf({ listedHeaders }: HttpInvocation, answer: HttpAnswer): HttpAnswer {
  if (!listedHeaders) return answer;
  const lists = Object.entries(answer.headers).map(([name, value]): [string, string[]] => [name, [value]]);
  return { ...answer, multiValueHeaders: Object.fromEntries(lists) };
}
