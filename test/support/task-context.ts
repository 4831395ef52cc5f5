import type { TaskContext } from '../../src/compute/task.js';
import { createFileSource } from '../../src/capture/file-source.js';
import { FINGERPRINT_KEY_BYTES } from '../../src/data/row-fingerprints.js';

/** A key of tests. */
export const FINGERPRINT_KEY = new Uint8Array(FINGERPRINT_KEY_BYTES).map((_, i) => 7 * i + 1);

/** What a compute task gets in a thread, over a store of a test. */
export const taskContext = (
  store: TaskContext['store'],
  report: TaskContext['report'] = () => undefined,
): TaskContext => ({
  store,
  fingerprintKey: () => Promise.resolve(FINGERPRINT_KEY),
  capture: createFileSource,
  report,
});
