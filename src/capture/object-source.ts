import type { Objects } from '../store/objects.js';
import type { FeedbackStore } from './source.js';

/** Captured files in a bucket. */
export const createObjectSource = (objects: Objects): FeedbackStore => ({
  list: (folder) => objects.list(folder),
  open: (path) => objects.open(path),
  async put(path, text) {
    await objects.put(path, Buffer.from(text), 'always');
  },
});
