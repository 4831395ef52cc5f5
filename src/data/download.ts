import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineFailure } from '../contracts/failures.js';
import { dataFault, codeOf } from './data-fault.js';
import {
  DEFAULT_DOWNLOAD_LIMITS,
  type DownloadLimits,
  hostOf,
  isPrivateAddress,
  PrivateAddress,
  publicLookup,
} from './download-limits.js';

/** Client errors that pass by themselves: request timeout, too early, too many requests. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

/** A file that was fetched. */
export interface Download {
  /** Lower-case hexadecimal SHA-256 of the body. */
  sha256: string;
  bytes: number;
}

/** An http(s) address without credentials, query and fragment: fit for messages and results. */
export function displayUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * Streams an http(s) address into a new file, following redirects.
 * @throws DataContract for what will stay as it is (403, 404, ..., too large, a private address), a plain Error for what may
 * pass (5xx, a cut or silent connection); nothing is left behind then
 */
export async function download(
  url: URL,
  path: string,
  limits: DownloadLimits = DEFAULT_DOWNLOAD_LIMITS,
  signal?: AbortSignal,
): Promise<Download> {
  const place = displayUrl(url);
  const answer = await follow(url, place, limits, authorizationOf(url, place), signal);
  const { statusCode = 0, headers } = answer.response;
  try {
    if (statusCode < 200 || statusCode > 299) {
      const found = `the server answered with status ${statusCode}`;
      if (statusCode >= 500 || PASSING_STATUS.has(statusCode)) throw new Error(`${place}: ${found}`);
      throw dataFault(place, `${found}; check the address and whether it may be read without signing in`);
    }
    if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(place, limits);
    return await save(answer, path, place, limits, signal);
  } finally {
    answer.response.destroy();
  }
}

/** What a download or an object beyond the limit is refused with. */
export const tooLarge = (place: string, { maxBytes }: DownloadLimits): PipelineFailure =>
  dataFault(
    place,
    `has more than ${maxBytes} bytes, the most that is downloaded; take a part of it, or set MLOPS_DOWNLOAD_MAX_MIB to a higher limit`,
  );

async function save(
  answer: Answer,
  path: string,
  place: string,
  limits: DownloadLimits,
  signal?: AbortSignal,
): Promise<Download> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const part of bodyOf(answer.response) as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength;
      if (bytes > limits.maxBytes) throw tooLarge(place, limits);
      hash.update(part);
      await file.write(part);
    }
  } catch (error) {
    await rm(path, { force: true });
    signal?.throwIfAborted();
    if (error instanceof PipelineFailure) throw error;
    if (answer.isIdle())
      throw new Error(`${place}: the server sent nothing for ${limits.idleMs / 1000} s after ${bytes} bytes`, {
        cause: error,
      });
    throw new Error(`${place}: the connection was cut after ${bytes} bytes${because(error)}`, { cause: error });
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The body as it is meant: servers may pack it for the way, whatever they are asked. */
function bodyOf(response: IncomingMessage): Readable {
  if (!/^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '')) return response;
  const body = createGunzip();
  pipeline(response, body, () => undefined); // its error is that of the body
  return body;
}

/** Credentials of an address travel as a header. @throws DataContract when they cannot be decoded */
function authorizationOf({ username, password }: URL, place: string): string | null {
  if (username === '' && password === '') return null;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw dataFault(place, 'the credentials in the address hold a % that encodes no letter; write %25 for a % in them');
  }
}

/** An answer whose body is still to be read. */
interface Answer {
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
async function follow(
  first: URL,
  place: string,
  limits: DownloadLimits,
  authorization: string | null,
  signal?: AbortSignal,
): Promise<Answer> {
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const headers = authorization !== null && url.origin === first.origin ? { authorization } : {};
    const answer = await ask(url, place, limits, headers, signal);
    const { location } = answer.response.headers;
    if (!REDIRECTS.has(answer.response.statusCode ?? 0) || location === undefined) return answer;
    answer.response.destroy();
    url = targetOf(location, url, place);
  }
  throw dataFault(place, `redirects more than ${MOST_REDIRECTS} times; give the address where the file is`);
}

function targetOf(location: string, from: URL, place: string): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw dataFault(place, 'redirects to something other than an http: or https: address; give the one of the file');
  if (from.protocol === 'https:' && url.protocol === 'http:')
    throw dataFault(
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
): Promise<Answer> {
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
  dataFault(
    place,
    `leads to ${host === address ? address : `${host}, which is ${address}`}, an address of this machine or a private ` +
      `network, where a download could reach what only insiders may; where that is meant, set ` +
      `MLOPS_DOWNLOAD_HOSTS=${host} for the process that downloads, the worker (several with commas)`,
  );

/** The code of what went wrong, in brackets. */
function because(error: unknown): string {
  const code = codeOf(error);
  return code === '' ? '' : ` (${code})`;
}
