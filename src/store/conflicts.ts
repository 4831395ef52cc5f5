/** More writers at once than there are workers; each lost try means that another one has written. */
const MOST_TRIES = 100;

/** Another writer was faster: what was read is no longer so, and nothing was written. */
export class ConflictError extends Error {}

/**
 * Does an operation again, from its reading on, while other writers are faster.
 * @param what names in the failure what they all write to
 * @throws Error, worth another try, when that happens 100 times in a row, and what the operation throws but `ConflictError`
 */
export async function retryOnConflict<T>(what: string, operation: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new Error(`Others wrote to ${what} ${MOST_TRIES} times in a row, always faster; try again in a moment.`);
}
