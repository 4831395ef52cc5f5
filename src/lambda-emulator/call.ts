import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CodeStore } from './code-store.js';
import type { Body } from './parameters.js';
import type { Runtime } from './runtime.js';
import type { StateStore } from './state.js';
import { readJson } from './wire.js';

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
