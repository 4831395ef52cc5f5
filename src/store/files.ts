import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Modes of a file and of the folders that are made for it; what the system gives by default. */
export interface Modes {
  file: number;
  directory: number;
}

/** Data, histories, keys and the word of the stack's control are nobody else's business. */
export const OWNER_ONLY = { directory: 0o700, file: 0o600 } as const satisfies Modes;

/**
 * Writes all bytes or nothing: a temporary file beside the target, synced, then renamed over it. Removes what a writer
 * of the same file left that was killed: the try after it is this one.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const partial = await writePartial(path, bytes);
  try {
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await removeAbandoned(path);
}

/** Writes and syncs a hidden temporary file beside a target. @returns its path, whose name says whose it is */
export async function writePartial(path: string, bytes: Uint8Array | string, modes?: Modes): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: modes?.directory });
  const partial = join(dirname(path), `${partialsOf(path)}${process.pid}.${randomBytes(8).toString('hex')}.partial`);
  try {
    const file = await open(partial, 'wx', modes?.file);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return partial;
}

/** Removes temporary files of this target whose process, of this machine, is gone. */
export async function removeAbandoned(path: string): Promise<void> {
  const mine = partialsOf(path);
  for (const file of await readdir(dirname(path))) {
    if (!file.startsWith(mine) || !file.endsWith('.partial')) continue;
    const writer = Number.parseInt(file.slice(mine.length), 10);
    if (!isAlive(writer)) await discard(join(dirname(path), file));
  }
}

/** Removes a temporary file. A folder that takes nothing but new files (chattr +a) keeps it, and nobody sees it. */
export async function discard(partial: string): Promise<void> {
  try {
    await unlink(partial);
  } catch (error) {
    if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** How temporary files of a target begin that processes of this machine write. */
const partialsOf = (path: string): string => `.${basename(path)}.${hostname()}.`;

/** Whether a process of this machine with this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Lower-case hexadecimal SHA-256 of bytes. */
export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 and size of a file, read as a stream until `signal` ends it. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** True for the error of a file or directory that is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT';
