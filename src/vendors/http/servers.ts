import type { IncomingHttpHeaders, Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';

/** A name that no other machine's DNS can take. */
const OWN_NAME = 'localhost';

/** A Host header: an address in brackets or a name, and perhaps a port. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i;

/**
 * Why a request comes under a foreign host's name, as a rebound one does, in a sentence; `null` when its Host header is an
 * address, which nobody can rebind, `localhost`, or one of the names. The port is not looked at: it may be mapped.
 * @param names by which the configuration says that the server is asked
 */
export function foreignHost({ host = '' }: IncomingHttpHeaders, names: readonly string[] = []): string | null {
  const [, address, name] = HOST.exec(host) ?? [];
  const given = (address ?? name ?? '').toLowerCase();
  const own = [OWN_NAME, ...names.map((known) => known.toLowerCase())];
  if (isIP(given) !== 0 || own.includes(given)) return null;
  return `The Host header names another host; call 127.0.0.1 or ${own.join(' or ')}.`;
}

/** What the check of a page looks at. */
interface Asked {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
}

/**
 * Whether a request comes from a foreign web page, as `Origin` or `Sec-Fetch-Site` tells. Following a link is allowed: the
 * page that holds it sees nothing of the answer. `Origin: null` is any sandboxed page, so nobody's.
 * @param origins whose pages may ask; the server's own unless given
 */
export function isForeignPage({ method, headers }: Asked, origins?: ReadonlySet<string>): boolean {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined) return origin === 'null' || !(origins ?? new Set([`http://${host}`])).has(origin);
  const link = mode === 'navigate' && (method === 'GET' || method === 'HEAD');
  return (site === 'cross-site' || site === 'same-site') && !link;
}

/** Why a server on this machine refuses a request, in a sentence; `null` when it comes from this machine's own callers. */
export const foreignCaller = (asked: Asked): string | null =>
  foreignHost(asked.headers) ??
  (isForeignPage(asked) ? 'Pages of other origins may not ask here; open the address itself.' : null);

/**
 * Has a server listen.
 * @param port 0 takes a free one
 * @param host name or address, all of this machine's by default
 * @returns the port
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function listen(server: Server, port: number, host?: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port; // a TCP server has an address once it listens
}

/** Stops a server, and cuts the connections that it has. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
