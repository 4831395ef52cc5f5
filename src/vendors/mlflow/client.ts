import type { z } from 'zod';

/** What a server gets for one answer unless the options say otherwise; large artifacts get more. */
export const REQUEST_TIMEOUT_MS = 30_000;

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
