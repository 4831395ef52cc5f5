/** DEADLINE_EXCEEDED and UNAVAILABLE of gRPC. */
const AWAY: unknown[] = [4, 14];

/**
 * Whether Temporal could not be asked, rather than that it refused: an error of its client, or of gRPC beneath. By their
 * parts, because the client's classes take a while to load, and commands that never ask Temporal wait here, too.
 */
export function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.name === 'ServiceError' ? error.cause : error;
  return cause instanceof Error && 'code' in cause && 'details' in cause && AWAY.includes(cause.code);
}
