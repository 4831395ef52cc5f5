import { randomInt } from 'node:crypto';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { foreignCaller } from '../vendors/http/callers.js';

/** Where Temporal's own Web UI listens. */
export interface InnerUi {
  host: string;
  port: number;
}

/**
 * An address for a Web UI that looks at no Host header, behind the proxy. A page that rebinds its name would have to guess
 * it: where the whole of 127.0.0.0/8 is this machine it is one of 2^24 addresses, on a port of the system's choice.
 */
export async function hiddenAddress(platform: NodeJS.Platform = process.platform): Promise<InnerUi> {
  const part = (least: number) => randomInt(least, 255);
  const host = platform === 'linux' ? `127.${part(1)}.${part(0)}.${part(1)}` : '127.0.0.1';
  const probe = createPlainServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, host, resolve);
  });
  const { port } = probe.address() as AddressInfo; // a TCP server has an address once it listens
  await new Promise((resolve) => probe.close(resolve));
  return { host, port };
}

export interface UiProxy {
  port: number;
  close: () => Promise<void>;
}

/**
 * Serves Temporal's Web UI to this machine's own callers. Requests and answers pass as streams, as they are; what comes
 * from a foreign page or under another host's name gets 403 and a sentence.
 * @param port 0 takes a free one
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function startUiProxy(port: number, inner: InnerUi): Promise<UiProxy> {
  const server = createServer((request, response) => {
    const refused = foreignCaller(request);
    if (refused !== null) {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(`${refused}\n`);
      return;
    }
    forward(request, response, inner);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo; // a TCP server has an address once it listens
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(request: IncomingMessage, response: ServerResponse, { host, port }: InnerUi): void {
  const { method, url: path, headers } = request;
  const passed = ask({ host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // Whichever side goes away ends the other; there is nobody left to tell.
    pipeline(answer, response).catch(() => undefined);
  });
  passed.on('error', () => {
    if (response.headersSent) response.destroy();
    else
      response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end('The Web UI does not answer yet.\n');
  });
  response.on('close', () => passed.destroy());
  pipeline(request, passed).catch(() => undefined);
}
