import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A fresh directory below `root/scratch`, removed with all it holds when `use` settles. */
export async function withScratch<T>(root: string, use: (directory: string) => Promise<T>): Promise<T> {
  await mkdir(join(root, 'scratch'), { recursive: true });
  const directory = await mkdtemp(join(root, 'scratch', 'step-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what an earlier process left half done. Call only while no other process uses the store. */
export const clearScratch = (root: string): Promise<void> =>
  rm(join(root, 'scratch'), { recursive: true, force: true });
