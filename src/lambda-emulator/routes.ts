import type { IncomingMessage, ServerResponse } from 'node:http';
import { arnOf, LATEST } from './functions.js';
import type { Runtime } from './runtime.js';
import type { AliasRecord, CodeStore, FunctionConfig, FunctionRecord, StateStore, UrlRecord } from './state.js';
import { type Body, readJson } from './wire.js';

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

/** `FunctionConfiguration` of the API, for `$LATEST` or a published version. */
export function configurationShape(name: string, config: FunctionConfig, version = LATEST): Record<string, unknown> {
  return {
    FunctionName: name,
    FunctionArn: arnOf(name, version === LATEST ? null : version),
    Runtime: config.runtime,
    Role: config.role,
    Handler: config.handler,
    CodeSize: config.codeSize,
    Description: config.description,
    Timeout: config.timeout,
    MemorySize: config.memorySize,
    LastModified: config.lastModified,
    CodeSha256: config.codeSha256,
    Version: version,
    Environment: { Variables: config.environment },
    RevisionId: config.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: config.architectures,
  };
}

/** `Concurrency` of the API, empty without a reservation. */
export function concurrencyShape({ reservedConcurrency }: Readonly<FunctionRecord>): Record<string, unknown> {
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/** `$LATEST` and every published version, oldest first. */
export function versionShapes(record: Readonly<FunctionRecord>): Record<string, unknown>[] {
  const published = record.versions.map((version) => configurationShape(record.name, version, version.version));
  return [configurationShape(record.name, record.latest), ...published];
}

/** `AliasConfiguration` of the API. */
export function aliasShape(functionName: string, alias: AliasRecord): Record<string, unknown> {
  const weighted = Object.keys(alias.weights).length > 0;
  return {
    AliasArn: arnOf(functionName, alias.name),
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(weighted ? { RoutingConfig: { AdditionalVersionWeights: alias.weights } } : {}),
  };
}

/** `FunctionUrlConfig` of the API. The address holds the present port, so it is never stored. */
export function urlShape(functionName: string, url: UrlRecord, base: string): Record<string, unknown> {
  return {
    FunctionUrl: `${base}/function-url/${functionName}/${url.qualifier ?? LATEST}/`,
    FunctionArn: arnOf(functionName, url.qualifier),
    AuthType: url.authType,
    ...(url.cors === null ? {} : { Cors: url.cors }),
    CreationTime: url.creationTime,
    LastModifiedTime: url.lastModifiedTime,
    InvokeMode: 'BUFFERED',
  };
}

/** One page of a list, by `Marker` (an index) and `MaxItems`. */
export function page(query: URLSearchParams, key: string, items: unknown[]): Record<string, unknown> {
  const start = Math.max(0, Number.parseInt(query.get('Marker') ?? '0', 10) || 0);
  const size = Math.min(50, Math.max(1, Number.parseInt(query.get('MaxItems') ?? '50', 10) || 50));
  const end = start + size;
  return { [key]: items.slice(start, end), ...(end < items.length ? { NextMarker: String(end) } : {}) };
}
