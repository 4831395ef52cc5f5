import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import { withoutLines } from './erase.js';
import type { PrunableCapture } from './source.js';

/** Others rarely write an object that is written already. */
const MOST_TRIES = 5;

/** Captured files in a bucket. */
export const createObjectSource = (objects: Objects): PrunableCapture => ({
  list: (folder) => objects.list(folder),
  open: (path) => objects.open(path),
  async put(path, text) {
    await objects.put(path, Buffer.from(text), 'always');
  },
  remove: (path) => objects.delete(path),
  async erase(path, matches) {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const found = await objects.get(path);
      if (found === null) return 0;
      const { bytes, erased } = await withoutLines(Buffer.from(found.bytes), path, matches);
      if (erased === 0 || (await objects.put(path, bytes, { whenTag: found.tag })) !== null) return erased;
    }
    throw new PipelineFailure(
      'StorageUnusable',
      `Captured file ${path} is written by others again and again, ${MOST_TRIES} times in a row; run the command again.`,
    );
  },
});
