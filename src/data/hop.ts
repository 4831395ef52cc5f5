import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { broken, codeOf } from './broken.js';
import type { DownloadLimits } from './download-limits.js';
import { hostOf, isPrivateAddress, PrivateAddress, publicLookup } from './private-address.js';

/** An answer whose body is still to be read. */
export interface Hop {
  url: URL;
  response: IncomingMessage;
  /** Whether the server fell silent, which cut the connection. */
  isIdle: () => boolean;
}

/** More redirects than this lead nowhere. */
const MOST_REDIRECTS = 10;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for an address and for those that it leads to, each of which is checked: its scheme, and that it is not of a
 * private network unless its host is allowed. Credentials go to the first server alone.
 * @param place what messages call the address
 * @throws DataContract for what stays as it is, a plain Error for what may pass
 */
export async function follow(
  first: URL,
  place: string,
  limits: DownloadLimits,
  authorization: string | null,
  signal?: AbortSignal,
): Promise<Hop> {
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const headers = authorization !== null && url.origin === first.origin ? { authorization } : {};
    const hop = await ask(url, place, limits, headers, signal);
    const { location } = hop.response.headers;
    if (!REDIRECTS.has(hop.response.statusCode ?? 0) || location === undefined) return hop;
    hop.response.destroy();
    url = targetOf(location, url, place);
  }
  throw broken(place, `redirects more than ${MOST_REDIRECTS} times; give the address where the file is`);
}

function targetOf(location: string, from: URL, place: string): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw broken(place, 'redirects to something other than an http: or https: address; give the one of the file');
  if (from.protocol === 'https:' && url.protocol === 'http:')
    throw broken(
      place,
      'redirects from https: to http:, where anybody on the way can change the file; give an address of https:',
    );
  url.username = '';
  url.password = '';
  return url;
}

function ask(
  url: URL,
  place: string,
  { hosts, idleMs }: DownloadLimits,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Hop> {
  const host = hostOf(url);
  const isAllowed = hosts.some((allowed) => allowed === host || allowed === url.host.toLowerCase());
  if (!isAllowed && isIP(host) !== 0 && isPrivateAddress(host)) throw inside(place, host, host);
  let idle = false;
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, {
      agent: false, // a connection that was kept could lead elsewhere by now
      headers: { ...headers, 'accept-encoding': 'gzip, identity', 'user-agent': 'anemia-mlops' },
      ...(isAllowed ? {} : { lookup: publicLookup }),
      ...(signal ? { signal } : {}),
    });
    const giveUp = () => {
      idle = true;
      request.destroy();
    };
    request.setTimeout(idleMs, giveUp);
    // Answers before the answer, like 103, are no silence of the connection.
    const unanswered = setTimeout(giveUp, idleMs);
    request.once('close', () => clearTimeout(unanswered));
    request.once('socket', (socket) =>
      socket.once('connect', () => {
        const { remoteAddress } = socket;
        if (!isAllowed && (remoteAddress === undefined || isPrivateAddress(remoteAddress)))
          request.destroy(new PrivateAddress(remoteAddress ?? 'unknown'));
      }),
    );
    request.once('response', (response) => {
      clearTimeout(unanswered);
      resolve({ url, response, isIdle: () => idle });
    });
    request.once('error', (error) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (error instanceof PrivateAddress) reject(inside(place, host, error.address));
      else if (idle) reject(new Error(`${place}: the server sent nothing for ${idleMs / 1000} s`));
      else reject(new Error(`${place}: the server could not be reached${because(error)}`, { cause: error }));
    });
    request.end();
  });
}

const inside = (place: string, host: string, address: string) =>
  broken(
    place,
    `leads to ${host === address ? address : `${host}, which is ${address}`}, an address of this machine or a private ` +
      `network, where a download could reach what only insiders may; where that is meant, set ` +
      `MLOPS_DOWNLOAD_HOSTS=${host} for the process that downloads, the worker (several with commas)`,
  );

/** The code of what went wrong, in brackets. */
export function because(error: unknown): string {
  const code = codeOf(error);
  return code === '' ? '' : ` (${code})`;
}
