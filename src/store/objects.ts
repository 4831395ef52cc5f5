import { PipelineFailure } from '../contracts/failures.js';

/** When an object is written: always, only when there is none yet, or only over the one with this tag. */
export type PutCondition = 'always' | 'when-absent' | { whenTag: string };

/** What a listing tells of an object. */
export interface ObjectEntry {
  key: string;
  bytes: number;
  /** When it was written, in milliseconds since the epoch. */
  modified: number;
}

/**
 * Bytes under keys like `models/1.json`, in files, a bucket or what behaves like one: all that is kept is kept over this.
 * Writes are whole or not at all, and who reads after a write sees it. A tag names one state of an object; it is opaque,
 * and equal bytes may share one: what is written under a condition holds something of its writer's own, or a rival's
 * equal write passes for it. No part of a key, between `/`, is empty or begins with a dot.
 */
export interface Objects {
  /** `null` when there is none. */
  get(key: string): Promise<{ bytes: Uint8Array; tag: string } | null>;
  /** Bytes in chunks of any size. @throws PipelineFailure `ArtifactCorrupt` when there is none */
  open(key: string): AsyncIterable<Uint8Array>;
  /** Size in bytes; `null` when there is none. */
  size(key: string): Promise<number | null>;
  /** @returns the new tag, or `null` when the condition did not hold and nothing was written */
  put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null>;
  /** Writes a local file of any size, which stays. */
  putFile(key: string, path: string): Promise<void>;
  /** Keys that start so, sorted. */
  list(prefix: string): Promise<string[]>;
  /** What {@link Objects.list} lists, with sizes and times. */
  entries(prefix: string): Promise<ObjectEntry[]>;
  /** Also when there is none. */
  delete(key: string): Promise<void>;
  /**
   * Adds bytes to the end of an object, or begins one; `null` where only whole objects can be written. A process that is
   * killed meanwhile may leave a part of them.
   */
  readonly append: ((key: string, bytes: Uint8Array) => Promise<void>) | null;
  /** The file that an object is, there or not, for readers that need one; `null` where objects are no files of this machine. */
  path(key: string): string | null;
}

/** Whether reading failed because there is no such object: it was removed after it was listed. */
export const isGone = (error: unknown): boolean => error instanceof PipelineFailure && error.type === 'ArtifactCorrupt';

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
