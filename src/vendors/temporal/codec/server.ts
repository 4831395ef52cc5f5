import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { closeServer, foreignHost, isForeignPage, listen } from '../../http/servers.js';

const { Payload, Payloads } = proto.temporal.api.common.v1;

/** Temporal's own limit of a message is 4 MiB; base64 makes a third more of it, and a page may ask for several. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** How long a browser may remember what it was allowed, in seconds. */
const PREFLIGHT_SECONDS = 600;

/** How the codec is served, and to whom. */
export interface CodecServerOptions {
  codec: PayloadCodec;
  /** Address to listen on: whoever reaches it reads what was encrypted. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Address of the Web UI, whose pages alone may ask from a browser; `null` for no page. */
  ui: string | null;
}

/**
 * Serves Temporal's remote codec protocol: POST `/encode` and `/decode`, also below other paths, take and give payloads
 * as JSON. Errors are `{"message": ...}`: 400 for what is no payload or has no key, 403 for a page that is not the Web
 * UI's and for a foreign Host, 404, 405, 413 and 415.
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function startCodecServer({ codec, host, port, ui }: CodecServerOptions) {
  const origins = originsOf(ui);
  const names = ui === null || !URL.canParse(ui) ? [host] : [host, new URL(ui).hostname];
  const server = createServer((request, response) => {
    void answer(request, response, codec, { names, origins }).catch(() => response.destroy());
  });
  const taken = await listen(server, port, host);
  return { port: taken, close: () => closeServer(server) };
}

/** Who may ask: under which names besides this machine's, and from pages of which origins. */
interface Callers {
  names: readonly string[];
  origins: ReadonlySet<string>;
}

async function answer(request: IncomingMessage, response: ServerResponse, codec: PayloadCodec, callers: Callers) {
  const { origin } = request.headers;
  const reply = (status: number, body: object): undefined => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  response.setHeader('vary', 'origin');
  const underForeignName = foreignHost(request.headers, callers.names);
  if (underForeignName !== null || isForeignPage(request, callers.origins)) {
    reply(403, { message: underForeignName ?? 'Only the Web UI may ask: name its address in MLOPS_UI.' });
    return;
  }
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'content-type, x-namespace, authorization');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  const verb = /\/(encode|decode)$/.exec(new URL(request.url ?? '/', 'http://codec').pathname)?.[1];
  if (verb === undefined) {
    reply(404, { message: 'There are /encode and /decode.' });
    return;
  }
  if (request.method !== 'POST') {
    reply(405, { message: 'Use POST.' });
    return;
  }
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    reply(415, { message: 'Send JSON as application/json.' });
    return;
  }
  const body = await bodyOf(request);
  if (body === null) {
    response.setHeader('connection', 'close');
    reply(413, { message: `Send at most ${MAX_BODY_BYTES} bytes.` });
    return;
  }
  const given = payloadsOf(body);
  if (given === null) {
    reply(400, { message: 'The body is not payloads in the JSON of Protocol Buffers.' });
    return;
  }
  try {
    const payloads = await codec[verb as 'encode' | 'decode'](given);
    reply(200, { payloads: payloads.map((payload) => Payload.toObject(Payload.create(payload), { bytes: String })) });
  } catch (error) {
    reply(400, { message: error instanceof Error ? error.message : 'The payloads cannot be processed.' });
  }
}

/** `null` for a body above the limit. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function payloadsOf(body: string) {
  try {
    const object: unknown = JSON.parse(body);
    if (typeof object !== 'object' || object === null || !('payloads' in object)) return null;
    return Payloads.fromObject(object).payloads;
  } catch {
    return null;
  }
}

/** The Web UI under each name that people open it by. */
function originsOf(ui: string | null): Set<string> {
  if (ui === null || !URL.canParse(ui)) return new Set();
  const { origin, hostname } = new URL(ui);
  const others = ['127.0.0.1', 'localhost'];
  return new Set([origin, ...(others.includes(hostname) ? others.map((name) => origin.replace(hostname, name)) : [])]);
}
