import type { IncomingHttpHeaders } from 'node:http';

/** Names of this machine that no other machine's DNS can take. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why a request to a server on this machine comes from a foreign web page, in a sentence; `null` when nothing says so. A
 * name that was rebound to 127.0.0.1 shows in `Host`, a page of another origin in `Origin` or `Sec-Fetch-Site`. Following
 * a link is allowed: the page that holds it sees nothing of the answer. `Origin: null` is any sandboxed page, so nobody's.
 * @param port that callers use
 */
export function foreignCaller(method: string, headers: IncomingHttpHeaders, port: number): string | null {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const own = [...OWN_NAMES].map((name) => `${name}:${port}`);
  if (!own.includes(host.toLowerCase()))
    return `The Host header names another host; call http://127.0.0.1:${port} or http://localhost:${port}.`;
  const link = mode === 'navigate' && (method === 'GET' || method === 'HEAD');
  const foreign = origin !== undefined ? origin !== `http://${host}` : site === 'cross-site' && !link;
  return foreign ? 'Pages of other origins may not ask here; open the address itself.' : null;
}
