import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { OWNER_ONLY } from '../store/owner-only.js';
import { linesIn, withoutLines } from './erase.js';
import type { PrunableCapture } from './source.js';

const CHUNK_BYTES = 1 << 20;

/** @throws Error when the URI is not a `file:` one */
export function captureDirectory(uri: string): string {
  if (!uri.startsWith('file:'))
    throw new Error(`The capture URI is not a file: URI; give one like ${pathToFileURL('/var/capture').href}.`);
  return fileURLToPath(uri);
}

/** Captured files in a directory. @throws Error when `uri` is not a `file:` URI */
export function createFileSource(uri: string): PrunableCapture {
  const root = captureDirectory(uri);
  return {
    async list(folder) {
      try {
        const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    open: (path) => createReadStream(join(root, path), { highWaterMark: CHUNK_BYTES }),
    async put(path, text) {
      const target = join(root, path);
      await mkdir(dirname(target), { recursive: true, mode: OWNER_ONLY.directory });
      await writeFileAtomic(target, text);
      await chmod(target, OWNER_ONLY.file);
    },
    remove: (path) => rm(join(root, path), { force: true }),
    async erase(path, matches) {
      const target = join(root, path);
      if (!path.endsWith('.gz')) return orGone(() => blank(target, matches));
      return orGone(async () => {
        const { bytes, erased } = await withoutLines(await readFile(target), path, matches);
        if (erased === 0) return 0;
        await writeFileAtomic(target, bytes);
        await chmod(target, OWNER_ONLY.file);
        return erased;
      });
    },
  };
}

/** A file that was pruned since it was listed has no lines. */
async function orGone(erase: () => Promise<number>): Promise<number> {
  try {
    return await erase();
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Blanks in place of a line: readers pass over it, and nothing that is appended meanwhile is lost. */
async function blank(target: string, matches: (line: Buffer) => boolean): Promise<number> {
  const file = await open(target, 'r+');
  try {
    const found = linesIn(await file.readFile(), matches);
    for (const { start, end } of found) await file.write(Buffer.alloc(end - start, ' '), 0, end - start, start);
    if (found.length > 0) await file.sync();
    return found.length;
  } finally {
    await file.close();
  }
}
