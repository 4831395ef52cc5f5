import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './alive.js';

/**
 * Writes all bytes or nothing: a temporary file beside the target, synced, then renamed over it. Removes what a writer
 * of the same file left that was killed: the try after it is this one.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${hostname()}.${process.pid}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await removeAbandoned(path);
}

/** Removes temporary files of this target whose process, of this machine, is gone. */
async function removeAbandoned(path: string): Promise<void> {
  const mine = `${basename(path)}.${hostname()}.`;
  for (const file of await readdir(dirname(path))) {
    if (!file.startsWith(mine) || !file.endsWith('.partial')) continue;
    const writer = Number.parseInt(file.slice(mine.length), 10);
    if (!isAlive(writer)) await rm(join(dirname(path), file), { force: true });
  }
}

/** Lower-case hexadecimal SHA-256 of bytes. */
export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 and size of a file, read as a stream. */
export async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** True for the error of a file or directory that is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT';
