import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { appendEvent, readLog } from './event-log.js';
import { withLock } from './lock.js';
import type { LogKey } from './log-key.js';
import type { ModelRegistry } from './registry.js';
import { numberOf, type RegistryStorage } from './storage.js';
import { createStoredRegistry } from './stored-registry.js';

/**
 * Registry in files: `<model>/versions/<n>.json`, written once, whole or not at all, and the hash-chained log of the
 * model, which is also the source of aliases and decisions. One lock per model lets several processes write.
 */
export const createEmbeddedRegistry = (root: string, now: () => Date, key: LogKey): ModelRegistry =>
  createStoredRegistry(createFileStorage(root, key), now);

function createFileStorage(root: string, key: LogKey): RegistryStorage {
  const placeOf = (name: string) => join(root, name);
  const versionsOf = (name: string) => join(placeOf(name), 'versions');

  return {
    models: () => entries(root),

    transaction: (name, operation) =>
      withLock(placeOf(name), async () => {
        await mkdir(versionsOf(name), { recursive: true });
        return operation();
      }),

    versions: async (name) => (await entries(versionsOf(name))).flatMap((file) => numberOf(file) ?? []),

    async readVersion(name, version) {
      try {
        return await readFile(join(versionsOf(name), `${version}.json`), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    async writeVersion(name, version, text) {
      const file = `${version}.json`;
      if ((await entries(versionsOf(name))).includes(file)) return false; // the lock keeps others out
      await writeFileAtomic(join(versionsOf(name), file), text);
      return true;
    },

    log: (name) => readLog(placeOf(name), { name, key }),
    append: (name, _, statement, at) => appendEvent(placeOf(name), { name, key }, statement, at),
  };
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
