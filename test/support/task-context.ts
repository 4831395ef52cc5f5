import type { TaskContext } from '../../src/compute/task.js';
import { fileURLToPath } from 'node:url';
import { FINGERPRINT_KEY_BYTES } from '../../src/data/row-fingerprints.js';
import { createFileObjects } from '../../src/store/file-objects.js';

/** A key of tests. */
export const FINGERPRINT_KEY = new Uint8Array(FINGERPRINT_KEY_BYTES).map((_, i) => 7 * i + 1);

/** What a compute task gets in a thread, over a store of a test. */
export const taskContext = (
  store: TaskContext['store'],
  report: TaskContext['report'] = () => undefined,
): TaskContext => ({
  store,
  fingerprintKey: () => Promise.resolve(FINGERPRINT_KEY),
  capture: (uri) => createFileObjects(fileURLToPath(uri)),
  report,
});
