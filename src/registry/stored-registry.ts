import { MODEL_NAME } from '../contracts/definition.js';
import { pointersOf, type StoredVersion, saidBefore, withHistory } from './history.js';
import { checkedName, noVersion, recorded } from './refusals.js';
import type { LogEntry, ModelRegistry, ModelVersion } from './registry.js';
import type { RegistryStorage } from './storage.js';

/** Registry over records that are written once, and a log that only grows, which is also the source of aliases and decisions. */
export function createStoredRegistry(storage: RegistryStorage, now: () => Date): ModelRegistry {
  async function read(name: string, version: number, log: LogEntry[]): Promise<ModelVersion> {
    const text = await storage.readVersion(name, version);
    if (text === null) throw noVersion(name, version);
    return withHistory(recorded(text, `versions/${version}.json of model ${name}`) as StoredVersion, log);
  }

  async function versionsBy(name: string, log: LogEntry[]): Promise<ModelVersion[]> {
    const numbers = (await storage.versions(name)).sort((a, b) => a - b);
    return Promise.all(numbers.map((number) => read(name, number, log)));
  }

  const registry: ModelRegistry = {
    models: async () => (await storage.models()).filter((entry) => MODEL_NAME.test(entry)).sort(),

    async versions(name) {
      const log = await registry.log(name);
      return versionsBy(name, log);
    },

    version: async (name, version) => read(checkedName(name), version, await registry.log(name)),

    async register(draft) {
      const { name, model, gate, lineage } = draft;
      return storage.undisturbed(checkedName(name), async () => {
        const log = await registry.log(name);
        const known = await versionsBy(name, log);
        const same = known.find((entry) => entry.model.sha256 === model.sha256);
        const version = same?.version ?? (known.at(-1)?.version ?? 0) + 1;
        if (!same) {
          await storage.writeVersion(name, { ...draft, version, createdAt: now().toISOString() });
        } else if (same.gate.passed !== gate.passed) {
          const run = lineage.workflowId;
          await storage.append(
            name,
            log,
            { event: 'gate', version, ...gate, run, by: run, reason: 'judged again' },
            now(),
          );
        }
        return registry.version(name, version);
      });
    },

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    async setAlias(name, { alias, version, by, reason }) {
      await storage.undisturbed(checkedName(name), async () => {
        const log = await registry.log(name);
        const previous = pointersOf(log).get(alias) ?? null;
        if (previous === version) return;
        if (version !== null) await read(name, version, log);
        await storage.append(name, log, { event: 'alias', alias, version, previous, by, reason }, now());
      });
    },

    async record(name, entry) {
      await storage.undisturbed(checkedName(name), async () => {
        const log = await registry.log(name);
        if (entry.event !== 'traffic') await read(name, entry.version, log);
        if (!saidBefore(log, entry)) await storage.append(name, log, entry, now());
      });
    },

    log: async (name) => storage.log(checkedName(name)),
  };
  return registry;
}
