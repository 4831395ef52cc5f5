import { MODEL_NAME } from '../contracts/definition.js';
import type { Objects } from '../store/objects.js';
import { textOf, untilWon } from './compare-and-set.js';
import { pointersOf, saidBefore, type StoredVersion, withHistory } from './history.js';
import { createObjectLog } from './object-log.js';
import { checkedName, noVersion } from './refusals.js';
import type { LogEntry, ModelRegistry, ModelVersion } from './registry.js';

/**
 * Registry in a bucket, laid out as the one in files is: `<model>/versions/<n>.json`, whose number belongs to whoever
 * writes it first, and the hash-chained log of the model. Any number of machines may write at once.
 * @param where address of the objects, for messages
 */
export function createObjectRegistry(objects: Objects, where: string, now: () => Date): ModelRegistry {
  const { read: readLog, append } = createObjectLog(objects, where);
  const keyOf = (name: string, version: number) => `${checkedName(name)}/versions/${version}.json`;

  async function read(name: string, version: number, log: LogEntry[]): Promise<ModelVersion> {
    const found = await objects.get(keyOf(name, version));
    if (found === null) throw noVersion(name, version);
    return withHistory(JSON.parse(textOf(found.bytes)) as StoredVersion, log);
  }

  const registry: ModelRegistry = {
    async models() {
      const names = (await objects.list('')).map((key) => key.slice(0, key.indexOf('/')));
      return [...new Set(names)].filter((name) => MODEL_NAME.test(name)).sort();
    },

    async versions(name) {
      const folder = `${checkedName(name)}/versions/`;
      const files = (await objects.list(folder)).map((key) => key.slice(folder.length));
      const numbers = files.filter((file) => /^\d+\.json$/.test(file)).map((file) => Number.parseInt(file, 10));
      const log = await registry.log(name);
      return Promise.all(numbers.sort((a, b) => a - b).map((number) => read(name, number, log)));
    },

    version: async (name, version) => read(name, version, await registry.log(name)),

    register: (draft) =>
      untilWon(`A version of model ${draft.name}`, async () => {
        const { name, model, gate, lineage } = draft;
        const known = await registry.versions(name);
        const same = known.find((entry) => entry.model.sha256 === model.sha256);
        const version = same?.version ?? (known.at(-1)?.version ?? 0) + 1;
        if (!same) {
          const stored: StoredVersion = { ...draft, version, createdAt: now().toISOString() };
          const text = `${JSON.stringify(stored, null, 2)}\n`;
          if ((await objects.put(keyOf(name, version), Buffer.from(text), 'when-absent')) === null) return null;
        } else {
          const run = lineage.workflowId;
          await append(name, now, (log) => {
            const latest = log.findLast((entry) => entry.event === 'gate' && entry.version === version);
            const { passed } = latest?.event === 'gate' ? latest : same.gate;
            return passed === gate.passed
              ? null
              : { event: 'gate', version, ...gate, run, by: run, reason: 'judged again' };
          });
        }
        return { won: await registry.version(name, version) };
      }),

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    async setAlias(name, { alias, version, by, reason }) {
      if (version !== null) await registry.version(name, version);
      await append(checkedName(name), now, (log) => {
        const previous = pointersOf(log).get(alias) ?? null;
        return previous === version ? null : { event: 'alias', alias, version, previous, by, reason };
      });
    },

    async record(name, entry) {
      if (entry.event !== 'traffic') await registry.version(name, entry.version);
      await append(checkedName(name), now, (log) => (saidBefore(log, entry) ? null : entry));
    },

    log: async (name) => readLog(checkedName(name)),
  };
  return registry;
}
