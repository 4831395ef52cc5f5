import type { CaptureSource } from '../capture/partitions.js';
import type { ArtifactStore } from '../store/artifacts.js';

/** What a task may use besides its input. */
export interface TaskContext {
  store: ArtifactStore;
  /** What training rows are fingerprinted under; see `openFingerprintKey`. */
  fingerprintKey: () => Promise<Uint8Array>;
  /** The capture at this URI. */
  capture: (uri: string) => CaptureSource;
  report: (progress: string) => void;
}

/** Numeric work that is done in a thread. Input and output cross the thread boundary, so they are plain data. */
export interface Task<Id extends string, Input, Output> {
  /** Name and version, under which results are kept for later runs. */
  id: Id;
  run: (input: Input, context: TaskContext) => Promise<Output>;
}

/**
 * Defines a task; it is found once it stands in the table `tasks/index.ts`.
 * @param task.version raise it when the code changes results: what was kept of earlier versions is computed anew
 */
export const defineTask = <const Name extends string, const Version extends number, Input, Output>({
  name,
  version,
  run,
}: {
  name: Name;
  version: Version;
  run: Task<never, Input, Output>['run'];
}): Task<`${Name}/${Version}`, Input, Output> => ({ id: `${name}/${version}`, run });
