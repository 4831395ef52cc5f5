import { MODEL_NAME } from '../contracts/model-limits.js';
import { sha256Of } from '../store/files.js';
import {
  digestsIn,
  notIn,
  pointersOf,
  registrationsOf,
  saidBefore,
  type StoredVersion,
  subjectOf,
  versionsIn,
  withHistory,
} from './history.js';
import {
  checkedName,
  logGone,
  logName,
  notGone,
  noVersion,
  otherVersion,
  recorded,
  versionGone,
  versionWrittenOff,
} from './refusals.js';
import type { Cause, LogEntry, ModelRegistry, ModelVersion, RegistryEvent, VersionDraft } from './registry.js';
import { ConflictError } from './conflicts.js';
import { begunBy, judgedAgain, registered } from './statements.js';
import { recordOf, type RegistryStorage } from './storage.js';

/**
 * Registry over records that are written once, and a log that only grows, which says which versions there are and what
 * became of them. A record that the log does not know is that of a writer that was killed, or of nobody: no version.
 */
export function createStoredRegistry(storage: RegistryStorage, now: () => Date): ModelRegistry {
  /** A version whose record is there and what was registered; `null` when it is gone. */
  async function found(name: string, version: number, log: LogEntry[]): Promise<ModelVersion | null> {
    const registration = registrationsOf(log).get(version);
    if (registration === undefined) throw noVersion(name, version);
    if (registration.writtenOff) throw versionWrittenOff(name, version);
    const text = await storage.readVersion(name, version);
    if (text === null) return null;
    if (sha256Of(text) !== registration.digests.record)
      throw otherVersion(name, version, 'its record', `restore ${fileOf(version)} from a backup`);
    return withHistory(recorded(text, `${fileOf(version)} of model ${name}`) as StoredVersion, registration, log);
  }

  async function read(name: string, version: number, log: LogEntry[]): Promise<ModelVersion> {
    const there = await found(name, version, log);
    if (there === null) throw versionGone(name, version, `restore ${fileOf(version)} of its registry from a backup`);
    return there;
  }

  async function present(name: string, log: LogEntry[], numbers = versionsIn(log)): Promise<ModelVersion[]> {
    const all = await Promise.all(numbers.map((number) => found(name, number, log)));
    return all.filter((version) => version !== null);
  }

  /** The log, which is begun when it is empty: from then on, versions without a log are told from a killed writer's. */
  async function begun(name: string, log: LogEntry[], cause: Pick<Cause, 'by' | 'proof'>): Promise<LogEntry[]> {
    if (log.length > 0) return log;
    await storage.append(name, log, { ...begunBy(cause), digests: {} }, now());
    return storage.log(name);
  }

  async function append(name: string, read: LogEntry[], event: RegistryEvent & Cause): Promise<void> {
    const log = await begun(name, read, event);
    await storage.append(name, log, { ...event, digests: digestsIn(event, log) }, now());
  }

  /** Does an operation on the log as if no other writer were there. */
  const onLog = async <T>(name: string, operation: (log: LogEntry[]) => Promise<T>): Promise<T> =>
    storage.transaction(logName(name), async () => operation(await registry.log(name)));

  /** Writes the record of a new version, or finds that an earlier try has. @returns its number and hash */
  async function writeRecord(draft: VersionDraft, log: LogEntry[]): Promise<{ version: number; record: string }> {
    const { name } = draft;
    const known = registrationsOf(log);
    const there = await storage.versions(name);
    for (const version of there.filter((number) => !known.has(number))) {
      const text = recordOf({ ...draft, version });
      if ((await storage.readVersion(name, version)) === text) return { version, record: sha256Of(text) };
    }
    const version = Math.max(0, ...known.keys(), ...there) + 1;
    const text = recordOf({ ...draft, version });
    if (!(await storage.writeVersion(name, version, text))) throw new ConflictError();
    return { version, record: sha256Of(text) };
  }

  const registry: ModelRegistry = {
    models: async () => (await storage.models()).filter((entry) => MODEL_NAME.test(entry)).sort(),

    async versions(name) {
      return present(name, await registry.log(name));
    },

    version: async (name, version) => read(checkedName(name), version, await registry.log(name)),

    register: async (draft) =>
      onLog(checkedName(draft.name), async (read) => {
        const { name, model, gate, lineage } = draft;
        const log = await begun(name, read, { by: lineage.workflowId });
        const numbers = versionsIn(log).filter(
          (number) => registrationsOf(log).get(number)!.digests.model === model.sha256,
        );
        const [same] = await present(name, log, numbers);
        if (same === undefined) {
          const { version, record } = await writeRecord(draft, log);
          const digests = { [version]: { record, model: model.sha256 } };
          await storage.append(name, log, { ...registered(version, lineage), digests }, now());
          return registry.version(name, version);
        }
        if (same.gate.passed !== gate.passed) await append(name, log, judgedAgain(same.version, gate, lineage));
        return registry.version(name, same.version);
      }),

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    setAlias: async (name, { alias, version, ...cause }) =>
      onLog(checkedName(name), async (log) => {
        const previous = pointersOf(log).get(alias) ?? null;
        if (previous === version) return;
        if (version !== null) await read(name, version, log);
        await append(name, log, { event: 'alias', alias, version, previous, ...cause });
      }),

    record: async (name, entry) =>
      onLog(logName(name, entry), async (log) => {
        const version = subjectOf(entry);
        if (version !== null) await read(name, version, log);
        if (!saidBefore(log, entry)) await append(name, log, entry);
      }),

    writeOff: async (name, { version, ...cause }) =>
      onLog(checkedName(name), async (log) => {
        if (registrationsOf(log).get(version)?.writtenOff) return;
        if ((await found(name, version, log)) !== null) throw notGone(name, version);
        await append(name, log, { event: 'written-off', version, ...cause });
      }),

    async unregistered(name) {
      const there = await storage.versions(checkedName(name)); // first: what is registered meanwhile is none
      return notIn(await registry.log(name), there);
    },

    async log(name) {
      const log = await storage.log(logName(name));
      if (log.length > 0) return log;
      const versions = await storage.versions(name);
      // Somebody may have begun it meanwhile.
      const again = versions.length === 0 ? [] : await storage.log(name);
      if (again.length === 0 && versions.length > 0) throw logGone(name, versions.length);
      return again;
    },
  };
  return registry;
}

const fileOf = (version: number): string => `versions/${version}.json`;
