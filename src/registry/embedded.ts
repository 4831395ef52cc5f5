import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MODEL_NAME } from '../contracts/definition.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { appendEvent, readLog } from './event-log.js';
import { pointersOf, type StoredVersion, saidBefore, withHistory } from './history.js';
import { withLock } from './lock.js';
import { checkedName, noVersion } from './refusals.js';
import type { Cause, LogEntry, ModelRegistry, ModelVersion, RegistryEvent } from './registry.js';

/**
 * Registry in files: `<model>/versions/<n>.json`, written once, whole or not at all, and the hash-chained log of the
 * model, which is also the source of aliases and decisions. One lock per model lets several processes write.
 */
export function createEmbeddedRegistry(root: string, now: () => Date): ModelRegistry {
  const placeOf = (name: string) => join(root, checkedName(name));
  const versionsOf = (name: string) => join(placeOf(name), 'versions');
  const append = (name: string, event: RegistryEvent & Cause) => appendEvent(placeOf(name), event, now());

  const locked = async <T>(name: string, act: () => Promise<T>): Promise<T> =>
    withLock(placeOf(name), async () => {
      await mkdir(versionsOf(name), { recursive: true });
      return act();
    });

  async function read(name: string, version: number, log: LogEntry[]): Promise<ModelVersion> {
    try {
      const text = await readFile(join(versionsOf(name), `${version}.json`), 'utf8');
      return withHistory(JSON.parse(text) as StoredVersion, log);
    } catch (error) {
      throw isMissing(error) ? noVersion(name, version, error) : error;
    }
  }

  const registry: ModelRegistry = {
    async models() {
      return (await entries(root)).filter((entry) => MODEL_NAME.test(entry)).sort();
    },

    async versions(name) {
      const files = (await entries(versionsOf(name))).filter((file) => /^\d+\.json$/.test(file));
      const numbers = files.map((file) => Number.parseInt(file, 10)).sort((a, b) => a - b);
      const log = await registry.log(name);
      return Promise.all(numbers.map((number) => read(name, number, log)));
    },

    version: async (name, version) => read(name, version, await registry.log(name)),

    register: (draft) =>
      locked(draft.name, async () => {
        const { name, model, gate, lineage } = draft;
        const known = await registry.versions(name);
        const same = known.find((entry) => entry.model.sha256 === model.sha256);
        const version = same?.version ?? (known.at(-1)?.version ?? 0) + 1;
        if (!same) {
          const stored: StoredVersion = { ...draft, version, createdAt: now().toISOString() };
          await writeFileAtomic(join(versionsOf(name), `${version}.json`), `${JSON.stringify(stored, null, 2)}\n`);
        } else if (same.gate.passed !== gate.passed) {
          const run = lineage.workflowId;
          await append(name, { event: 'gate', version, ...gate, run, by: run, reason: 'judged again' });
        }
        return registry.version(name, version);
      }),

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    setAlias: (name, { alias, version, by, reason }) =>
      locked(name, async () => {
        const previous = (await registry.aliases(name)).get(alias) ?? null;
        if (previous === version) return;
        if (version !== null) await registry.version(name, version);
        await append(name, { event: 'alias', alias, version, previous, by, reason });
      }),

    record: (name, entry) =>
      locked(name, async () => {
        const log = await registry.log(name);
        if (entry.event !== 'traffic') await read(name, entry.version, log);
        if (!saidBefore(log, entry)) await append(name, entry);
      }),

    log: async (name) => readLog(placeOf(name)),
  };
  return registry;
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
