import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import lockfile from 'proper-lockfile';
import { OWNER_ONLY } from './owner-only.js';

/** A lock whose owner died is taken over after this time. */
const STALE_MS = 10_000;

/** A writer waits for those of other processes more than twice as long as a dead one keeps it out. */
const RETRIES = { retries: 120, factor: 1.3, minTimeout: 4, maxTimeout: 250, randomize: true };

/** What this process does to each file, one after the other: those that wait here ask the file system for nothing. */
const turns = new Map<string, Promise<unknown>>();

/** Runs `act` while no other writer of any process is at this file, whose folder is made when missing. */
export async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
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
