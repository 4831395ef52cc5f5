import { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { type Answer, exchange, jsonOf, isPassing, type Request, type Server } from '../http/exchange.js';

/** Where an Evidently server is and who asks. */
export interface EvidentlyOptions {
  /** `http:` or `https:` address without credentials. */
  url: string;
  /** What the server was started with (`evidently ui --secret`), `null` for none. */
  secret: string | null;
  /** Milliseconds for one request, 30,000 by default. */
  timeoutMs?: number;
}

/**
 * The parts of Evidently's HTTP interface that snapshots need, nothing retried: activities are.
 * Throws a PipelineFailure `CredentialsRejected` for 401 and 403 and `EvidentlyUnusable` for what is not an Evidently
 * server that this can use; an ordinary Error, worth trying again, for a server that is down, slow, answers 429 or 5xx, or
 * has lost what was just there.
 */
export interface EvidentlyClient {
  /** The server's address without a slash at the end. */
  url: string;
  /** @param path below `/api/`; `null` when the server has no such thing */
  get<T>(path: string, answer: z.ZodType<T>): Promise<T | null>;
  /** @param path below `/api/` */
  post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
  /** Removes what is there; nothing happens when it is not. @param path below `/api/` */
  remove(path: string): Promise<void>;
}

const SETTING = 'EVIDENTLY_URL';

/** What a server gets for one answer unless the options say otherwise. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Longest answer: a dashboard, or a project's description. */
const ANSWER_BYTES = 16 << 20;

/** The first version whose interface is the one that is used. Tested with 0.7.23. */
const OLDEST = [0, 7] as const;

const VERSION = z.object({ application: z.literal('Evidently UI'), version: z.string() });

/** Client over HTTP; the server is asked who it is once, before the first request. */
export function createEvidentlyClient(options: EvidentlyOptions): EvidentlyClient {
  const url = options.url.replace(/\/+$/, '');
  const server: Server = { name: 'Evidently', uri: url, setting: SETTING, unusable: 'EvidentlyUnusable' };
  const headers = {
    'user-agent': 'anemia-mlops/1',
    'content-type': 'application/json',
    ...(options.secret !== null && { 'evidently-secret': options.secret }),
  };

  const ask = async (method: Request['method'], path: string, body?: unknown): Promise<Answer> => {
    const answer = await exchange(server, headers, {
      ...{ method, path: `/api/${path}`, timeoutMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS, limit: ANSWER_BYTES },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    requireUsable(options, url, path, answer);
    return answer;
  };

  let checked: Promise<void> | null = null;
  const ready = (): Promise<void> => {
    checked ??= ask('GET', 'version')
      .then((answer) => requireVersion(url, answer))
      .catch((error: unknown) => {
        checked = null; // asked again with the next request
        throw error;
      });
    return checked;
  };

  return {
    url,
    async get(path, shape) {
      await ready();
      const answer = await ask('GET', path);
      return answer.status === 404 ? null : read(url, path, answer, shape);
    },
    async post(path, body, shape) {
      await ready();
      const answer = await ask('POST', path, body);
      if (answer.status === 404)
        throw new Error(`The Evidently server at ${url} has lost the project meanwhile; it is worth another try.`);
      return read(url, path, answer, shape);
    },
    async remove(path) {
      await ready();
      await ask('DELETE', path);
    },
  };
}

/** Throws what an answer means that is neither success nor 404; see the client for which error means what. */
function requireUsable({ secret }: EvidentlyOptions, url: string, path: string, { status, leadsTo }: Answer): void {
  if ((status >= 200 && status < 300) || status === 404) return;
  if (status === 401 || status === 403)
    throw new PipelineFailure(
      'CredentialsRejected',
      `The Evidently server at ${url}, which ${SETTING} names, refused access (${status}): ${
        secret === null ? 'set EVIDENTLY_SECRET to the secret' : 'check that EVIDENTLY_SECRET is the secret'
      } that the server was started with.`,
    );
  if (isPassing(status))
    throw new Error(`The Evidently server at ${url} answered ${status} to ${kindOf(path)}; it is worth another try.`);
  if (status === 413)
    throw new PipelineFailure(
      'EvidentlyUnusable',
      `The Evidently server at ${url} takes no document as long as this drift snapshot (413): start it with a larger --litestar-request-max-body-size.`,
    );
  if (leadsTo !== null)
    throw unusable(url, `it redirects to ${leadsTo}, and redirects are not followed`, 'put the final address into');
  throw unusable(url, `it answered ${status} to ${kindOf(path)}`);
}

function requireVersion(url: string, answer: Answer): void {
  if (answer.status === 404) throw unusable(url, 'it does not tell its version');
  const { version } = read(url, 'version', answer, VERSION);
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw unusable(
    url,
    `it is version ${version.slice(0, 20)}, and ${OLDEST.join('.')} is the oldest`,
    'update it, or change',
  );
}

function read<T>(url: string, path: string, { body }: Answer, shape: z.ZodType<T>): T {
  const result = shape.safeParse(jsonOf(body));
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') ?? '';
  throw unusable(
    url,
    `its answer to ${kindOf(path)} is not what Evidently answers${place === '' ? '' : ` (${place})`}`,
  );
}

/** What was asked for without ids and names: `v2/snapshots`. */
const kindOf = (path: string) => path.split('/').slice(0, 2).join('/');

const unusable = (url: string, why: string, remedy = 'check') =>
  new PipelineFailure(
    'EvidentlyUnusable',
    `What answers at ${url} is not an Evidently server that can be used: ${why}; ${remedy} ${SETTING}.`,
  );
