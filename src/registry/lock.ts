import { mkdir } from 'node:fs/promises';
import lockfile from 'proper-lockfile';

/** A writer waits this long for another one in all: 30 tries, 50 to 500 ms apart. */
const LOCK_RETRIES = { retries: 30, minTimeout: 50, maxTimeout: 500 };

/** A lock whose owner died is taken over after this time. */
const LOCK_STALE_MS = 10_000;

/** Runs `act` while no other writer of any process is in this directory, which is made when missing. */
export async function withLock<T>(directory: string, act: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  let lost: Error | undefined;
  const release = await lockfile.lock(directory, {
    retries: LOCK_RETRIES,
    stale: LOCK_STALE_MS,
    onCompromised: (error) => (lost = error),
  });
  try {
    const result = await act();
    if (lost !== undefined) throw new Error(`The lock on ${directory} was lost while writing.`, { cause: lost });
    return result;
  } finally {
    if (lost === undefined) await release();
  }
}
