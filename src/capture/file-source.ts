import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { OWNER_ONLY } from '../store/owner-only.js';
import type { FeedbackStore } from './source.js';

const CHUNK_BYTES = 1 << 20;

/** @throws Error when the URI is not a `file:` one */
export function captureDirectory(uri: string): string {
  if (!uri.startsWith('file:'))
    throw new Error(`The capture URI is not a file: URI; give one like ${pathToFileURL('/var/capture').href}.`);
  return fileURLToPath(uri);
}

/** Captured files in a directory. @throws Error when `uri` is not a `file:` URI */
export function createFileSource(uri: string): FeedbackStore {
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
  };
}
