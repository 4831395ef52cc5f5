import type { z } from 'zod';
import { exchange, type Request, type Server } from '../http/exchange.js';
import { MlflowRefusal, readAnswer, requireSuccess, unusable } from './errors.js';
import { type MlflowOptions, REQUEST_TIMEOUT_MS } from './settings.js';

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
      try {
        const place = `${ARTIFACTS}${checkedPath(path)}`;
        return await ask('an artifact', { method: 'GET', path: place, limit: ARTIFACT_BYTES, timeoutMs: patience });
      } catch (error) {
        if (error instanceof MlflowRefusal && error.code === 'RESOURCE_DOES_NOT_EXIST') return null;
        throw error;
      }
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
