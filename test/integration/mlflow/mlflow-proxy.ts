import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request whose answer is not to arrive. */
export interface Withheld {
  /** Part of its path. */
  path: string;
  /** Part of its body. */
  body: string;
}

/** Stands before an MLflow server and keeps back answers to requests that were done. */
export async function startProxy(target: string) {
  let waiting: { match: Withheld; arrived: () => void }[] = [];
  const kept = new Set<ServerResponse>();
  let losing: { left: number; lost: boolean } | null = null;

  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>, // single values: the client repeats no header
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const held = waiting.find(({ match }) => request.url?.includes(match.path) && body.includes(match.body));
    if (held !== undefined) {
      waiting = waiting.filter((known) => known !== held);
      kept.add(response);
      held.arrived();
      return;
    }
    if (losing !== null && --losing.left === 0) {
      losing.lost = true;
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(bytes);
  };

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Keeps back the answer to the first such request; settles when it was done. */
    withhold: (match: Withheld) => new Promise<void>((arrived) => waiting.push({ match, arrived })),
    /** Hangs up instead of answering the request that comes as this one from now, 1 for the next; whether it did. */
    lose(request: number): { readonly lost: boolean } {
      losing = { left: request, lost: false };
      return losing;
    },
    /** Cuts the connections whose answers were kept back. */
    cut() {
      for (const response of kept) response.destroy();
      kept.clear();
    },
    async close() {
      this.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
