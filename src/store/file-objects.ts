import { chmod, copyFile, link, open, readdir, readFile, rename, rm, stat, mkdir } from 'node:fs/promises';
import { join, basename, dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import { PipelineFailure } from '../contracts/failures.js';
import { discard, isMissing, OWNER_ONLY, removeAbandoned, sha256Of, writePartial } from './files.js';
import type { ObjectEntry, Objects } from './objects.js';

const CHUNK_BYTES = 1 << 20;

/** Files asked for size and time at once. */
const AT_ONCE = 32;

/** A part of a key. Hidden names are those of locks and of what is half written. */
const PART = /^[^./\\\0][^/\\\0]*$/;

/**
 * Objects as files of a directory, each at its key, for their owner alone to read. What is written is a temporary file
 * first, synced and then moved to its place in one step, so that a writer that is killed leaves all or nothing; a
 * condition is checked and its object written under a lock that keeps other processes out too. A tag is the SHA-256 of
 * the bytes. Links are read where a key names them, and never listed.
 */
export function createFileObjects(root: string): Objects {
  const at = (key: string): string => {
    const parts = key.split('/');
    if (parts.every((part) => PART.test(part))) return join(root, ...parts);
    throw new Error('A key has parts between "/" that are not empty, begin with no dot and have no backslash.');
  };
  const objects: Objects = {
    async get(key) {
      const bytes = await orAbsent(readFile(at(key)));
      if (bytes === null) return null;
      return {
        bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        // Who only reads has no use for it.
        get tag() {
          return sha256Of(bytes);
        },
      };
    },

    async *open(key) {
      const file = await orAbsent(open(at(key)));
      if (file === null || !(await file.stat()).isFile()) {
        await file?.close();
        throw new PipelineFailure('ArtifactCorrupt', `There is no file ${at(key)}; was it deleted?`);
      }
      for await (const chunk of file.createReadStream({ highWaterMark: CHUNK_BYTES })) yield chunk as Uint8Array;
    },

    async size(key) {
      const found = await orAbsent(stat(at(key)));
      return found?.isFile() ? found.size : null;
    },

    async put(key, bytes, condition) {
      const path = at(key);
      const partial = await writePartial(path, bytes, OWNER_ONLY);
      const moved = await place(partial, path, condition === 'when-absent' ? 'new' : condition);
      return moved ? sha256Of(bytes) : null;
    },

    async putFile(key, path) {
      const target = at(key);
      const partial = await writePartial(target, '', OWNER_ONLY);
      try {
        await copyFile(path, partial);
        await chmod(partial, OWNER_ONLY.file); // a copy has the mode of what is copied
        await sync(partial);
      } catch (error) {
        await discard(partial);
        throw error;
      }
      await place(partial, target, 'always');
    },

    async list(prefix) {
      const keys: string[] = [];
      await walk(root, '', prefix, keys);
      return keys.sort();
    },

    async entries(prefix) {
      const keys = await objects.list(prefix);
      const found: ObjectEntry[] = [];
      for (let start = 0; start < keys.length; start += AT_ONCE) {
        const batch = keys.slice(start, start + AT_ONCE);
        const stats = await Promise.all(batch.map((key) => orAbsent(stat(at(key)))));
        for (const [i, key] of batch.entries())
          if (stats[i]) found.push({ key, bytes: stats[i].size, modified: stats[i].mtimeMs });
      }
      return found;
    },

    async delete(key) {
      const path = at(key);
      if ((await objects.size(key)) !== null) await withLock(path, () => rm(path, { force: true }));
    },

    append: (key, bytes) =>
      withLock(at(key), async () => {
        const file = await open(at(key), 'a', OWNER_ONLY.file);
        try {
          await file.writeFile(bytes);
        } finally {
          await file.close();
        }
      }),

    path: at,
  };
  return objects;
}

/** Moves a temporary file to its place, where the condition holds. @returns whether it did */
async function place(partial: string, path: string, condition: 'always' | 'new' | { whenTag: string }) {
  try {
    // A link takes the name only where nobody has it.
    const moved = condition === 'new' ? await linked(partial, path) : await withLock(path, moveWhen);
    await removeAbandoned(path);
    return moved;
  } finally {
    await discard(partial);
  }

  async function moveWhen(): Promise<boolean> {
    if (typeof condition === 'object') {
      const known = await orAbsent(readFile(path));
      if (known === null || sha256Of(known) !== condition.whenTag) return false;
    }
    await rename(partial, path);
    return true;
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linked(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Keys of the files below `folder`, which is empty or ends with `/`, that start with `prefix`. */
async function walk(root: string, folder: string, prefix: string, keys: string[]): Promise<void> {
  const entries = await orAbsent(readdir(join(root, folder), { withFileTypes: true })); // it may go meanwhile
  for (const entry of entries ?? []) {
    const key = `${folder}${entry.name}`;
    if (!PART.test(entry.name)) continue;
    if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
    const inner = `${key}/`;
    if (entry.isDirectory() && (inner.startsWith(prefix) || prefix.startsWith(inner)))
      await walk(root, inner, prefix, keys);
  }
}

/** What is not there, or is a folder where an object is asked for, is `null`. */
async function orAbsent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error) || codeOf(error) === 'ENOTDIR' || codeOf(error) === 'EISDIR') return null;
    throw error;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

/** A lock whose owner died is taken over after this time. */
const STALE_MS = 10_000;

/** A writer waits for those of other processes more than twice as long as a dead one keeps it out. */
const RETRIES = { retries: 120, factor: 1.3, minTimeout: 4, maxTimeout: 250, randomize: true };

/** What this process does to each file, one after the other: those that wait here ask the file system for nothing. */
const turns = new Map<string, Promise<unknown>>();

/** Runs `act` while no other writer of any process is at this file, whose folder is made when missing. */
async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(() => locked(path, act));
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  turns.set(path, settled);
  try {
    return await mine;
  } finally {
    if (turns.get(path) === settled) turns.delete(path);
  }
}

async function locked<T>(path: string, act: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY.directory });
  let lost: Error | undefined;
  const release = await lockfile.lock(path, {
    lockfilePath: join(dirname(path), `.${basename(path)}.lock`),
    realpath: false,
    retries: RETRIES,
    stale: STALE_MS,
    onCompromised: (error) => (lost = error),
  });
  try {
    const result = await act();
    if (lost !== undefined) throw new Error(`The lock on ${path} was lost while writing.`, { cause: lost });
    return result;
  } finally {
    if (lost === undefined) await release();
  }
}
