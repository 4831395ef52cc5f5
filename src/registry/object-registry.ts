import type { Objects } from '../store/objects.js';
import { appendToObject, readObjectLog } from './object-event-log.js';
import type { ModelRegistry } from './registry.js';
import { amongRivals, Outrun } from './rivals.js';
import { numberOf, recordOf, type RegistryStorage } from './storage.js';
import { createStoredRegistry } from './stored-registry.js';

/**
 * Registry in a bucket, laid out as the one in files is: `<model>/versions/<n>.json`, written once by whoever is first,
 * and the hash-chained log of the model, put only over the state that was read. No locks: who is outrun reads and
 * decides again.
 */
export const createObjectRegistry = (objects: Objects, now: () => Date): ModelRegistry =>
  createStoredRegistry(createObjectStorage(objects), now);

function createObjectStorage(objects: Objects): RegistryStorage {
  const versionsOf = (name: string) => `${name}/versions/`;

  return {
    async models() {
      const keys = await objects.list('');
      return [...new Set(keys.flatMap((key) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : [])))];
    },

    undisturbed: (name, deed) => amongRivals(`the records of model ${name}`, deed),

    async versions(name) {
      const folder = versionsOf(name);
      return (await objects.list(folder)).flatMap((key) => numberOf(key.slice(folder.length)) ?? []);
    },

    async readVersion(name, version) {
      const found = await objects.get(`${versionsOf(name)}${version}.json`);
      return found === null ? null : Buffer.from(found.bytes).toString('utf8');
    },

    async writeVersion(name, stored) {
      const key = `${versionsOf(name)}${stored.version}.json`;
      if ((await objects.put(key, Buffer.from(recordOf(stored)), 'when-absent')) === null) throw new Outrun();
    },

    log: (name) => readObjectLog(objects, name),
    append: (name, log, event, at) => appendToObject(objects, name, { log, event, at }),
  };
}
