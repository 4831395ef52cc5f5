import type { Objects } from '../store/objects.js';
import { appendToObject, readObjectLog } from './object-event-log.js';
import type { LogKey } from './log-key.js';
import type { ModelRegistry } from './registry.js';
import { retryOnConflict } from './conflicts.js';
import { numberOf, type RegistryStorage } from './storage.js';
import { createStoredRegistry } from './stored-registry.js';

/**
 * Registry in a bucket, laid out as the one in files is: `<model>/versions/<n>.json`, written once by whoever is first,
 * and the hash-chained log of the model, put only over the state that was read. No locks: a writer that was outpaced reads and
 * decides again.
 */
export const createObjectRegistry = (objects: Objects, now: () => Date, key: LogKey): ModelRegistry =>
  createStoredRegistry(createObjectStorage(objects, key), now);

function createObjectStorage(objects: Objects, key: LogKey): RegistryStorage {
  const versionsOf = (name: string) => `${name}/versions/`;

  return {
    async models() {
      const keys = await objects.list('');
      return [...new Set(keys.flatMap((key) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : [])))];
    },

    transaction: (name, operation) => retryOnConflict(`the records of model ${name}`, operation),

    async versions(name) {
      const folder = versionsOf(name);
      return (await objects.list(folder)).flatMap((key) => numberOf(key.slice(folder.length)) ?? []);
    },

    async readVersion(name, version) {
      const found = await objects.get(`${versionsOf(name)}${version}.json`);
      return found === null ? null : Buffer.from(found.bytes).toString('utf8');
    },

    writeVersion: async (name, version, text) =>
      (await objects.put(`${versionsOf(name)}${version}.json`, Buffer.from(text), 'when-absent')) !== null,

    log: (name) => readObjectLog(objects, { name, key }),
    append: (name, log, statement, at) => appendToObject(objects, { name, key }, { log, statement, at }),
  };
}
