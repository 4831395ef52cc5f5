import type { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { exchange, jsonOf, type Request, type Server, type Answer, isPassing } from '../http/exchange.js';

/** What a server gets for one answer unless the options say otherwise; large artifacts get more. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Where an MLflow server is and who asks. */
export interface MlflowOptions {
  /** `http:` or `https:` address without credentials. */
  uri: string;
  /** Basic or bearer, as MLflow's own clients read them from their environment; `null` for neither. */
  authorization: { username: string; password: string } | { token: string } | null;
  /** Milliseconds for one request, {@link REQUEST_TIMEOUT_MS} by default. */
  timeoutMs?: number;
}

/** An answer other than success that a caller may expect: `RESOURCE_DOES_NOT_EXIST`, `RESOURCE_ALREADY_EXISTS`, ... */
export class MlflowRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'MlflowRefusal';
  }
}

/**
 * The parts of MLflow's REST interface that registry and tracker need, nothing retried: activities are.
 * Throws {@link MlflowRefusal} for what the server says no to; a PipelineFailure `CredentialsRejected` for 401 and 403
 * and `RegistryUnusable` for what is not an MLflow server that this can use; an ordinary Error, worth trying again, for
 * a server that is down, slow or answers 429 or 5xx.
 */
export interface MlflowClient {
  /** @param path below `/api/2.0/mlflow/`, like `runs/get` */
  get<T>(path: string, query: Record<string, string | number>, answer: z.ZodType<T>): Promise<T>;
  /** @param path below `/api/2.0/mlflow/`, like `runs/create` */
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
  /** @param path below the server's artifact root, segments separated by `/` */
  putArtifact(path: string, bytes: Uint8Array): Promise<void>;
  /** `null` when there is none. */
  getArtifact(path: string): Promise<Uint8Array | null>;
}

/** The first version that has all that is used: aliases, and parameters of 6000 characters. Tested with 3.17.2. */
const OLDEST = [2, 9] as const;

/** Longest answer in JSON; a log of 10,000 entries is 5 MB. */
const ANSWER_BYTES = 64 << 20;

/** Largest artifact that is downloaded. */
const ARTIFACT_BYTES = 512 << 20;

/** What a line is taken to carry at least, to give large artifacts more time. */
const BYTES_PER_MS = 1000;

const REST = '/api/2.0/mlflow/';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts/';

/** Client over HTTP; the server's version is asked for once, before the first request. */
export function createMlflowClient(options: MlflowOptions): MlflowClient {
  const uri = options.uri.replace(/\/+$/, '');
  const asked = { ...options, uri };
  const server: Server = { name: 'MLflow', uri, setting: 'MLFLOW_TRACKING_URI', unusable: 'RegistryUnusable' };
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  const headers = headersOf(options.authorization);

  const ask = async (what: string, request: Omit<Request, 'timeoutMs'> & { type?: string; timeoutMs?: number }) => {
    const { type, ...rest } = request;
    const sent = type === undefined ? headers : { ...headers, 'content-type': type };
    const answer = await exchange(server, sent, { timeoutMs, ...rest });
    requireSuccess(asked, what, answer);
    return answer.body;
  };

  let checked: Promise<void> | null = null;
  const ready = (): Promise<void> => {
    checked ??= ask('version', { method: 'GET', path: '/version', limit: ANSWER_BYTES })
      .then((body) => requireVersion(uri, body.toString('utf8', 0, 100)))
      .catch((error: unknown) => {
        checked = null; // asked again with the next request
        throw error;
      });
    return checked;
  };

  return {
    async get(path, query, answer) {
      await ready();
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) search.set(name, String(value));
      const request = { method: 'GET', path: `${REST}${path}?${search.toString()}`, limit: ANSWER_BYTES } as const;
      return readAnswer(uri, path, await ask(path, request), answer);
    },

    async send(method, path, body, answer) {
      await ready();
      const request = { method, path: `${REST}${path}`, body: JSON.stringify(body), limit: ANSWER_BYTES };
      return readAnswer(uri, path, await ask(path, { ...request, type: 'application/json' }), answer);
    },

    async putArtifact(path, bytes) {
      await ready();
      await ask('an artifact', {
        method: 'PUT',
        path: `${ARTIFACTS}${checkedPath(path)}`,
        body: new Uint8Array(bytes),
        limit: ANSWER_BYTES,
        type: 'application/octet-stream',
        timeoutMs: timeoutMs + bytes.byteLength / BYTES_PER_MS,
      });
    },

    async getArtifact(path) {
      await ready();
      const patience = timeoutMs + ARTIFACT_BYTES / BYTES_PER_MS;
      const place = `${ARTIFACTS}${checkedPath(path)}`;
      return absent(ask('an artifact', { method: 'GET', path: place, limit: ARTIFACT_BYTES, timeoutMs: patience }));
    },
  };
}

function headersOf(authorization: MlflowOptions['authorization']): Record<string, string> {
  const agent = { 'user-agent': 'anemia-mlops/1' };
  if (authorization === null) return agent;
  if ('token' in authorization) return { ...agent, authorization: `Bearer ${authorization.token}` };
  const { username, password } = authorization;
  return { ...agent, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function requireVersion(uri: string, text: string): void {
  const [, major, minor] = /^(\d+)\.(\d+)(\.[\w.+-]+)?\s*$/.exec(text) ?? [];
  if (major === undefined) throw unusable(uri, 'it does not tell its version');
  if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  throw unusable(uri, `it is version ${major}.${minor}, and ${OLDEST.join('.')} is the oldest`, 'update it, or change');
}

/** An artifact is addressed by plain names only, so that no path leads out of where it belongs. */
function checkedPath(path: string): string {
  if (path.split('/').every((segment) => /^[\w.@=-]+$/.test(segment) && !/^\.+$/.test(segment))) return path;
  throw new Error(`The artifact path ${JSON.stringify(path)} is not made of plain names separated by slashes.`);
}

/** Characters of what a server says no with that are told. */
const REASON_LENGTH = 300;

/**
 * Throws what an answer that is no success means; see the client for which error means what.
 * @param what was asked, like `runs/create`
 */
function requireSuccess({ uri, authorization }: MlflowOptions, what: string, answer: Answer): void {
  const { status, leadsTo } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw rejected(uri, authorization, answer);
  if (isPassing(status))
    throw new Error(`The MLflow server at ${uri} answered ${status} to ${what}; it is worth another try.`);
  if (leadsTo !== null)
    throw unusable(uri, `it redirects to ${leadsTo}, and redirects are not followed`, 'put the final address into');
  const refusal = refusalOf(answer.body);
  if (refusal === null) throw unusable(uri, `it answered ${status} without saying why to ${what}`);
  throw new MlflowRefusal(refusal.code, `MLflow refused ${what}: ${refusal.reason}`);
}

/** The answer's JSON when it has the expected shape. @throws PipelineFailure `RegistryUnusable` otherwise */
function readAnswer<T>(uri: string, what: string, body: Buffer, shape: z.ZodType<T>): T {
  const result = shape.safeParse(jsonOf(body));
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') ?? '';
  throw unusable(uri, `its answer to ${what} is not what MLflow answers${place === '' ? '' : ` (${place})`}`);
}

/** What is at an address is not an MLflow server, or not one that this can use. */
const unusable = (uri: string, why: string, remedy = 'check'): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `What answers at ${uri} is not an MLflow server that can be used: ${why}; ${remedy} MLFLOW_TRACKING_URI.`,
  );

function rejected(uri: string, authorization: MlflowOptions['authorization'], { status, body }: Answer) {
  const used =
    authorization === null
      ? 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN'
      : `check ${'token' in authorization ? 'MLFLOW_TRACKING_TOKEN' : 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD'}, and what this user may do there`;
  const host = body.toString('utf8', 0, 100).includes('Invalid Host header');
  return new PipelineFailure(
    'CredentialsRejected',
    host
      ? `The MLflow server at ${uri} takes no requests for this name (${status}): start it with --allowed-hosts, or change MLFLOW_TRACKING_URI.`
      : `The MLflow server at ${uri}, which MLFLOW_TRACKING_URI names, refused access (${status}): ${used}.`,
  );
}

function refusalOf(body: Buffer): { code: string; reason: string } | null {
  const value = jsonOf(body);
  if (typeof value !== 'object' || value === null || !('error_code' in value)) return null;
  const message = 'message' in value && typeof value.message === 'string' ? value.message : '';
  return { code: String(value.error_code), reason: message.split('\n')[0]!.slice(0, REASON_LENGTH) };
}

/** `null` for what the server does not know. */
export async function absent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MlflowRefusal && error.code === 'RESOURCE_DOES_NOT_EXIST') return null;
    throw error;
  }
}

/** For a list whose pages lead back to each other. */
export const endless = (what: string, why: string): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server that MLFLOW_TRACKING_URI names cannot be used for ${what}: ${why}; look at what answers between it and here.`,
  );
