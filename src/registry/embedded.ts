import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { appendEvent, readLog } from './event-log.js';
import { withLock } from './lock.js';
import type { ModelRegistry } from './registry.js';
import { numberOf, recordOf, type RegistryStorage } from './storage.js';
import { createStoredRegistry } from './stored-registry.js';

/**
 * Registry in files: `<model>/versions/<n>.json`, written once, whole or not at all, and the hash-chained log of the
 * model, which is also the source of aliases and decisions. One lock per model lets several processes write.
 */
export const createEmbeddedRegistry = (root: string, now: () => Date): ModelRegistry =>
  createStoredRegistry(createFileStorage(root), now);

function createFileStorage(root: string): RegistryStorage {
  const placeOf = (name: string) => join(root, name);
  const versionsOf = (name: string) => join(placeOf(name), 'versions');

  return {
    models: () => entries(root),

    undisturbed: (name, deed) =>
      withLock(placeOf(name), async () => {
        await mkdir(versionsOf(name), { recursive: true });
        return deed();
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

    writeVersion: (name, stored) => writeFileAtomic(join(versionsOf(name), `${stored.version}.json`), recordOf(stored)),

    log: (name) => readLog(placeOf(name)),
    append: (name, _, event, at) => appendEvent(placeOf(name), event, at),
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
