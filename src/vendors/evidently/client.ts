import type { z } from 'zod';

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
