import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing } from './files.js';

/** Data, histories, keys and the word of the stack's control are nobody else's business. */
export const OWNER_ONLY = { directory: 0o700, file: 0o600 } as const;

/** What the mode of a new file or folder loses: all that is for group and others. */
const UMASK = 0o077;

const GROUP_OR_OTHERS = 0o077;
const OTHERS = 0o007;
const OTHERS_WRITE = 0o002;
const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** What we keep in a home, whichever version wrote it. Whatever else lies there is not ours to close. */
const KEPT =
  /^(capture|keys|lambda|logs|registry|reports|store|format\.json|stack\.json|starting\.lock|temporal\.db(-wal|-shm|-journal)?)$/;

/** Lets this process, and those that it starts, make files for their owner alone. Threads follow their process. */
export function makeFilesForOwner(): void {
  if (isMainThread) process.umask(UMASK);
}

/**
 * Closes what a home holds already to other users of the machine: earlier versions, or another umask, left it open. A home
 * that does not exist yet is fine.
 * @param user id of the user who runs this, `undefined` on systems without such ids, where nothing is looked at
 * @throws PipelineFailure `StorageUnusable` for what is another user's and open, and for modes that cannot be changed
 */
export async function closeHome(home: string, user: number | undefined = process.getuid?.()): Promise<void> {
  if (user === undefined) return;
  let names: string[];
  try {
    await closeToWriters(home, user);
    names = await readdir(home);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  for (const name of names.filter((known) => KEPT.test(known))) await closeEntry(join(home, name), user);
}

/**
 * Whoever may write into the home could put a store, keys or a server's histories of his own there. One of another user
 * that a group shares is a volume that was made for us.
 */
async function closeToWriters(home: string, user: number): Promise<void> {
  const { mode, uid } = await stat(home);
  if ((mode & GROUP_OR_OTHERS_WRITE) === 0 || (mode & STICKY) !== 0) return;
  if (uid === user) await changeMode(home, mode & ~GROUP_OR_OTHERS_WRITE);
  else if ((mode & OTHERS_WRITE) !== 0) throw open(home, 'is another user’s and everybody may write into it');
}

async function closeEntry(path: string, user: number): Promise<void> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    if (isMissing(error)) return; // the other process that uses it has just removed it
    throw error;
  }
  const { mode, uid } = found;
  if ((mode & GROUP_OR_OTHERS) === 0) return;
  if (uid === user) await changeMode(path, mode & ~GROUP_OR_OTHERS);
  else if ((mode & OTHERS) !== 0) throw open(path, 'is another user’s and open to everybody');
}

async function changeMode(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode & 0o7777);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // What only can be read is as it was left, and what is gone is closed.
    if (code === 'EROFS' || code === 'ENOENT') return;
    throw open(path, `is open to other users and its mode cannot be changed (${code ?? 'unknown fault'})`, cause);
  }
}

const open = (path: string, what: string, cause?: unknown) =>
  new PipelineFailure(
    'StorageUnusable',
    `${path} ${what}: let its owner run chmod -R go-rwx on it, or set MLOPS_HOME to a directory of your own.`,
    { cause },
  );
