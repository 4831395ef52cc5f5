import { type FailureType, PipelineFailure } from '../../contracts/failures.js';

/** A server as failures tell of it. */
export interface Server {
  /** What it is, like `MLflow`. */
  name: string;
  /** Its address without credentials, without a slash at the end. */
  uri: string;
  /** The variable that names its address. */
  setting: string;
  /** Failure of one that cannot be used. */
  unusable: FailureType;
}

/** A request as it goes out. */
export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's address, from `/` on. */
  path: string;
  body?: Uint8Array<ArrayBuffer> | string;
  /** Milliseconds until the whole answer must be there. */
  timeoutMs: number;
  /** Bytes of the longest answer that is read. */
  limit: number;
}

/** A whole answer. */
export interface Answer {
  status: number;
  body: Buffer;
  /** Where a redirect leads, without anything but protocol and host; `null` when it is none. */
  leadsTo: string | null;
}

/** Answers below 500 that ask for another try: too slow, too early, too many. */
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether a server with this answer may do better the next time. */
export const isPassing = (status: number): boolean => status >= 500 || TRY_AGAIN.has(status);

/** What an answer, or a text in one, says as JSON, `undefined` when it is none. */
export function jsonOf(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** Faults of TLS that another try meets again. */
const TLS_FAULTS: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/**
 * One request and its whole answer; redirects are not followed, so that credentials go nowhere else.
 * @throws Error, worth another try, when there is no answer in time
 * @throws PipelineFailure of the server's own type when TLS fails or the answer is longer than the limit
 */
export async function exchange(server: Server, headers: Record<string, string>, request: Request): Promise<Answer> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), request.timeoutMs);
  try {
    const response = await fetch(`${server.uri}${request.path}`, {
      method: request.method,
      headers,
      body: request.body ?? null,
      redirect: 'manual',
      signal: controller.signal,
    });
    const body = await bodyOf(response, request.limit);
    if (body === null) throw tooLong(server, request.limit);
    return { status: response.status, body, leadsTo: targetOf(response, server.uri) };
  } catch (error) {
    if (error instanceof PipelineFailure) throw error;
    if (controller.signal.aborted)
      throw new Error(
        `The ${server.name} server at ${server.uri} did not answer within ${request.timeoutMs / 1000} s.`,
        {
          cause: error,
        },
      );
    throw unreachable(server, faultOf(error));
  } finally {
    clearTimeout(timer);
    controller.abort(); // frees the connection of an answer that was left half read
  }
}

/** `null` when it is longer than the limit. */
async function bodyOf(response: Response, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function targetOf({ status, headers }: Response, uri: string): string | null {
  const location = headers.get('location');
  if (status < 300 || status > 399 || location === null || !URL.canParse(location, uri)) return null;
  return new URL(location, uri).origin;
}

/** The code of what went wrong below HTTP. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name;
}

// The error itself stays behind: it could hold what was sent.
function unreachable({ name, uri, setting, unusable }: Server, fault: string): Error {
  if (!TLS_FAULTS.has(fault))
    return new Error(`The ${name} server at ${uri} could not be reached: ${fault}; is it running?`);
  return new PipelineFailure(
    unusable,
    `The ${name} server at ${uri} has no TLS certificate that is trusted here (${fault}): name its authority's ` +
      `certificate in NODE_EXTRA_CA_CERTS, and check that ${setting} has the right protocol, name and port.`,
  );
}

const shownSize = (bytes: number) => (bytes >= 1 << 20 ? `${bytes >> 20} MiB` : `${bytes >> 10} KiB`);

const tooLong = ({ name, uri, setting, unusable }: Server, limit: number) =>
  new PipelineFailure(
    unusable,
    `The ${name} server at ${uri} sent an answer of more than ${shownSize(limit)}, the most that is read; check that ${setting} is the address of a server of ${name}.`,
  );

/** More pages than any list of ours has: MLflow and S3 give 1,000 entries in one. */
const MOST_PAGES = 10_000;

/**
 * All pages of a list that another server gives page by page.
 * @param ask asks for a page, the first one without a token
 * @param tokenOf the token of the page after this one, `''` or nothing for none
 * @param fault makes the error from what is wrong, in words that follow the server's name: `its list does not end`
 * @throws what `ask` throws, and the fault when a token comes a second time or the list has more than 10,000 pages
 */
export async function allPages<T>(
  ask: (token: string | undefined) => Promise<T>,
  tokenOf: (page: T) => string | undefined,
  fault: (why: string) => Error,
): Promise<T[]> {
  const pages: T[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ;) {
    const page = await ask(token);
    pages.push(page);
    token = tokenOf(page);
    if (token === undefined || token === '') return pages;
    if (seen.has(token)) throw fault('its list does not end: the same page follows again');
    if (pages.length >= MOST_PAGES) throw fault(`its list does not end: it has more than ${MOST_PAGES} pages`);
    seen.add(token);
  }
}
