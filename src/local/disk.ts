import { statfs } from 'node:fs/promises';

/** Below this much free space a stack is not started: database, store and logs would be cut short. */
export const MINIMUM_FREE_BYTES = 200 * 1024 * 1024;

const MIB = 1024 * 1024;

/** @throws Error with the remedy when the file system of `directory` has too little room */
export async function checkDiskSpace(directory: string, minimum = MINIMUM_FREE_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < minimum)
    throw new Error(
      `${directory} has ${Math.floor(free / MIB)} MiB of disk left and the local stack needs ${minimum / MIB}: free some space, or set MLOPS_HOME to another disk.`,
    );
}
