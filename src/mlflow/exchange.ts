import { PipelineFailure } from '../contracts/failures.js';

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
 * @throws PipelineFailure `RegistryUnusable` when TLS fails or the answer is longer than the limit
 */
export async function exchange(server: string, headers: Record<string, string>, request: Request): Promise<Answer> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), request.timeoutMs);
  try {
    const response = await fetch(`${server}${request.path}`, {
      method: request.method,
      headers,
      body: request.body ?? null,
      redirect: 'manual',
      signal: controller.signal,
    });
    const body = await bodyOf(response, request.limit);
    if (body === null) throw tooLong(server, request.limit);
    return { status: response.status, body, leadsTo: targetOf(response, server) };
  } catch (error) {
    if (error instanceof PipelineFailure) throw error;
    if (controller.signal.aborted)
      throw new Error(`The MLflow server at ${server} did not answer within ${request.timeoutMs / 1000} s.`, {
        cause: error,
      });
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

function targetOf({ status, headers }: Response, server: string): string | null {
  const location = headers.get('location');
  if (status < 300 || status > 399 || location === null || !URL.canParse(location, server)) return null;
  return new URL(location, server).origin;
}

/** The code of what went wrong below HTTP. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name;
}

// The error itself stays behind: it could hold what was sent.
function unreachable(server: string, fault: string): Error {
  if (!TLS_FAULTS.has(fault))
    return new Error(`The MLflow server at ${server} could not be reached: ${fault}; is it running?`);
  return new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server at ${server} has no TLS certificate that is trusted here (${fault}): name its authority's ` +
      'certificate in NODE_EXTRA_CA_CERTS, and check that MLFLOW_TRACKING_URI has the right protocol, name and port.',
  );
}

const tooLong = (server: string, limit: number) =>
  new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server at ${server} sent an answer of more than ${limit >> 20} MiB, the most that is read; check that MLFLOW_TRACKING_URI is the address of an MLflow server.`,
  );
