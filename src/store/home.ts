import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import { createFileObjects } from './file-objects.js';
import { isMissing } from './files.js';
import type { Objects } from './objects.js';

/** How a home or a bucket keeps its files. It is raised when a version cannot read what the one before it wrote. */
export const HOME_FORMAT = 2;

const FILE = 'format.json';

/** Every store has an id: one without a number was made otherwise. */
const STORE_ID = 'keys/store-id';

const schema = z.object({ format: z.int().positive(), version: z.string().regex(/^[\w.+-]{1,40}$/) });

/** What has a number: a home or a bucket. */
interface Numbered {
  /** For messages: what it is, and where. */
  name: string;
  /** How to begin anew without it. */
  anew: string;
  objects: Objects;
}

const homeOf = (home: string): Numbered => ({
  name: `home ${home}`,
  anew: `move it away to begin anew (mv ${home} ${home}.before)`,
  objects: createFileObjects(home),
});

const bucketOf = (uri: string, objects: Objects): Numbered => ({
  name: `bucket ${uri}`,
  anew: 'begin anew under another prefix in MLOPS_STORAGE',
  objects,
});

/**
 * Sees to it that this version reads a home; one that does not exist yet is fine.
 * @throws PipelineFailure `StorageUnusable` for a home of another format, with what to do
 */
export const checkHome = (home: string, version: string): Promise<'numbered' | 'new'> => check(homeOf(home), version);

/** The same, and gives a new home its number, before anything else is written there. */
export const settleHome = (home: string, version: string): Promise<void> => settle(homeOf(home), version);

/** Like {@link checkHome}, of the bucket with everything in it. @param uri `s3://bucket/prefix`, for messages */
export const checkBucket = (uri: string, objects: Objects, version: string): Promise<'numbered' | 'new'> =>
  check(bucketOf(uri, objects), version);

/** Like {@link settleHome}, of the bucket with everything in it. */
export const settleBucket = (uri: string, objects: Objects, version: string): Promise<void> =>
  settle(bucketOf(uri, objects), version);

async function check(place: Numbered, version: string): Promise<'numbered' | 'new'> {
  // Whoever makes it writes the number first: it is there, where another start was seen half way.
  const text = (await textIn(place)) ?? ((await isUsed(place)) ? await textIn(place) : null);
  const reads = `version ${version} of this program reads format ${HOME_FORMAT}`;
  const other = (why: string, remedy: string) =>
    new PipelineFailure(
      'StorageUnusable',
      `The ${place.name} ${why}, and ${reads}: ${remedy}, or ${place.anew}; nothing of it was changed.`,
    );
  if (text === null) {
    if (await isUsed(place))
      throw other('has no format number, as those made before there were any', 'use the version that made it');
    return 'new';
  }
  const { data } = schema.safeParse(parsed(text));
  if (data === undefined) throw other(`has no readable ${FILE}`, `restore ${FILE} from a backup`);
  if (data.format !== HOME_FORMAT)
    throw other(
      `has format ${data.format}, made by version ${data.version}`,
      `use version ${data.version}${data.format > HOME_FORMAT ? ' or a later one' : ''}`,
    );
  return 'numbered';
}

async function settle(place: Numbered, version: string): Promise<void> {
  if ((await check(place, version)) === 'numbered') return;
  await place.objects.put(
    FILE,
    new TextEncoder().encode(`${JSON.stringify({ format: HOME_FORMAT, version })}\n`),
    'when-absent',
  );
  await check(place, version); // another version may have been faster
}

async function textIn({ objects }: Numbered): Promise<string | null> {
  const found = await objects.get(FILE);
  return found === null ? null : new TextDecoder().decode(found.bytes);
}

const isUsed = async ({ objects }: Numbered): Promise<boolean> => (await objects.size(STORE_ID)) !== null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON, so nothing of ours
  }
}

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
