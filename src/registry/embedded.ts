import { mkdir, open, readFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { isMissing, writeFileAtomic } from '../store/files.js';
import type { Alias, ModelRegistry, ModelVersion, Promotion } from './registry.js';

/** A writer waits this long for another one in all: 30 tries, 50 to 500 ms apart. */
const LOCK_RETRIES = { retries: 30, minTimeout: 50, maxTimeout: 500 };

/** A lock whose owner died is taken over after this time. */
const LOCK_STALE_MS = 10_000;

/**
 * Registry in files: `<model>/versions/<n>.json`, written whole or not at all, and `<model>/promotions.jsonl`, append
 * only, which is also the source of the aliases. One lock per model lets several processes write.
 */
export function createEmbeddedRegistry(root: string, now: () => Date): ModelRegistry {
  const versionsOf = (name: string) => join(root, checkedName(name), 'versions');
  const logOf = (name: string) => join(root, checkedName(name), 'promotions.jsonl');

  async function locked<T>(name: string, act: () => Promise<T>): Promise<T> {
    await mkdir(versionsOf(name), { recursive: true });
    let lost: Error | undefined;
    const release = await lockfile.lock(join(root, name), {
      retries: LOCK_RETRIES,
      stale: LOCK_STALE_MS,
      onCompromised: (error) => (lost = error),
    });
    try {
      const result = await act();
      if (lost !== undefined) throw new Error(`The lock on model ${name} was lost while writing.`, { cause: lost });
      return result;
    } finally {
      if (lost === undefined) await release();
    }
  }

  async function write(entry: ModelVersion): Promise<ModelVersion> {
    await writeFileAtomic(join(versionsOf(entry.name), `${entry.version}.json`), `${JSON.stringify(entry, null, 2)}\n`);
    return entry;
  }

  const registry: ModelRegistry = {
    async models() {
      return (await entries(root)).filter((entry) => NAME.test(entry)).sort();
    },

    async versions(name) {
      const files = (await entries(versionsOf(name))).filter((file) => /^\d+\.json$/.test(file));
      const numbers = files.map((file) => Number.parseInt(file, 10)).sort((a, b) => a - b);
      return Promise.all(numbers.map((number) => registry.version(name, number)));
    },

    async version(name, version) {
      try {
        return JSON.parse(await readFile(join(versionsOf(name), `${version}.json`), 'utf8')) as ModelVersion;
      } catch (error) {
        if (isMissing(error))
          throw new Error(`Model ${name} has no version ${version}; see npm run models.`, { cause: error });
        throw error;
      }
    },

    register: (draft) =>
      locked(draft.name, async () => {
        const known = await registry.versions(draft.name);
        const same = known.find((entry) => entry.model.sha256 === draft.model.sha256);
        if (same && same.gate.passed === draft.gate.passed) return same;
        if (same) return write({ ...same, gate: draft.gate });
        const version = (known.at(-1)?.version ?? 0) + 1;
        return write({ ...draft, version, createdAt: now().toISOString() });
      }),

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    async aliases(name) {
      const pointers = new Map<Alias, number>();
      for (const { alias, version } of await registry.promotions(name)) {
        if (version === null) pointers.delete(alias);
        else pointers.set(alias, version);
      }
      return pointers;
    },

    setAlias: (name, change) =>
      locked(name, async () => {
        const log = await registry.promotions(name);
        const previous = (await registry.aliases(name)).get(change.alias) ?? null;
        if (previous === change.version) return;
        if (change.version !== null) await registry.version(name, change.version);
        const { alias, version, by, reason } = change;
        const entry: Promotion = {
          sequence: log.length + 1,
          at: now().toISOString(),
          alias,
          version,
          previous,
          by,
          reason,
        };
        await appendLine(logOf(name), JSON.stringify(entry));
      }),

    async promotions(name) {
      return (await completeLines(logOf(name))).map((line) => JSON.parse(line) as Promotion);
    },
  };
  return registry;
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new Error('A model name has lower-case letters, digits and hyphens, at most 63.');
  return name;
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Lines that end in a newline: what follows the last one is the torn end of a writer that was killed. */
async function completeLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const lines = await completeLines(path);
  const kept = lines.map((known) => `${known}\n`).join('');
  const file = await open(path, 'a');
  try {
    if ((await file.stat()).size !== Buffer.byteLength(kept)) await truncate(path, Buffer.byteLength(kept));
    await file.writeFile(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
