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
