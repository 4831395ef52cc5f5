import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactRef } from '../contracts/values.js';
import { corrupt, objectKey } from './artifacts.js';
import { hashFile, isMissing } from './files.js';

/** Copies beyond this many bytes go, longest unused first; those used within the last hour stay, a reader may have them. */
const KEEP = { bytes: 8 * 2 ** 30, ms: 60 * 60_000 } as const;

/** Copies of artifacts as local files, for readers that need a file. Their bytes are checked at every use. */
export function createLocalCopies(root: string, keep: { bytes: number; ms: number } = KEEP) {
  const pathOf = (ref: ArtifactRef) => join(root, objectKey(ref));

  return {
    /** The path of a copy; `read` gives the bytes when there is none or a damaged one. @throws `ArtifactCorrupt` */
    async path(ref: ArtifactRef, read: () => AsyncIterable<Uint8Array>): Promise<string> {
      const path = pathOf(ref);
      if (await isIntact(path, ref)) {
        await utimes(path, new Date(), new Date());
        return path;
      }
      await withScratch(root, async (directory) => {
        const partial = join(directory, 'copy');
        await pipeline(read(), createWriteStream(partial, { mode: 0o600 }));
        if (!(await isIntact(partial, ref))) throw corrupt(ref);
        await moveInto(partial, path);
      });
      await prune(join(root, 'objects'), keep);
      return path;
    },

    /** Takes a file away: it is the copy from now on. */
    take: (ref: ArtifactRef, path: string): Promise<void> => moveInto(path, pathOf(ref)),
  };
}

/** Whether a file is there and has the bytes of an artifact. */
async function isIntact(path: string, ref: ArtifactRef): Promise<boolean> {
  try {
    return (await hashFile(path)).sha256 === ref.sha256;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Moves a file to a place below folders that need not be there yet. */
export async function moveInto(path: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await rename(path, target);
}

async function prune(directory: string, { bytes, ms }: { bytes: number; ms: number }): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: { path: string; size: number; used: number }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => null); // another process may have removed it
    if (found !== null) files.push({ path, size: found.size, used: found.mtimeMs });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size, used } of files.sort((a, b) => a.used - b.used)) {
    if (total <= bytes || Date.now() - used < ms) return;
    await rm(path, { force: true });
    total -= size;
  }
}

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
