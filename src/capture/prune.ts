import { dayText } from '../contracts/time.js';
import { dayOfPath } from './partitions.js';
import type { PrunableCapture } from './source.js';

/**
 * Removes captured lines and labels of whole days that ended before a time.
 * @returns how many files
 */
export async function pruneCapture(capture: PrunableCapture, before: Date): Promise<number> {
  const firstKept = dayText(before.getTime());
  let removed = 0;
  for (const path of await capture.list('')) {
    const day = dayOfPath(path);
    if (day === null || day >= firstKept) continue;
    await capture.remove(path);
    removed++;
  }
  return removed;
}
