import { MODEL_NAME } from '../contracts/limits.js';
import { ConflictError, retryOnConflict, type Objects } from '../store/objects.js';
import { appendToLog, readLog } from './event-log.js';
import type { LogKey } from './log-key.js';
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
  begunBy,
  judgedAgain,
  registered,
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
import type {
  Cause,
  LogEntry,
  ModelRegistry,
  ModelVersion,
  RegistryEvent,
  VersionDraft,
  Statement,
} from './registry.js';

/**
 * Registry over objects: records of versions, `<model>/versions/<n>.json`, each written once by whoever is first, and the
 * hash-chained log of the model, put only over the state that was read, which says which versions there are and what
 * became of them. A record that the log does not know is that of a writer that was killed, or of nobody: no version. No
 * locks: a writer that was outpaced reads and decides again.
 */
export function createRegistry(objects: Objects, now: () => Date, key: LogKey): ModelRegistry {
  const records = createRecords(objects, key);

  /** A version whose record is there and what was registered; `null` when it is gone. */
  async function found(name: string, version: number, log: LogEntry[]): Promise<ModelVersion | null> {
    const registration = registrationsOf(log).get(version);
    if (registration === undefined) throw noVersion(name, version);
    if (registration.writtenOff) throw versionWrittenOff(name, version);
    const text = await records.readVersion(name, version);
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
    await records.append(name, log, { ...begunBy(cause), digests: {} }, now());
    return records.log(name);
  }

  async function append(name: string, read: LogEntry[], event: RegistryEvent & Cause): Promise<void> {
    const log = await begun(name, read, event);
    await records.append(name, log, { ...event, digests: digestsIn(event, log) }, now());
  }

  /** Does an operation on the log as if no other writer were there. */
  const onLog = async <T>(name: string, operation: (log: LogEntry[]) => Promise<T>): Promise<T> =>
    records.transaction(logName(name), async () => operation(await registry.log(name)));

  /** Writes the record of a new version, or finds that an earlier try has. @returns its number and hash */
  async function writeRecord(draft: VersionDraft, log: LogEntry[]): Promise<{ version: number; record: string }> {
    const { name } = draft;
    const known = registrationsOf(log);
    const there = await records.versions(name);
    for (const version of there.filter((number) => !known.has(number))) {
      const text = recordOf({ ...draft, version });
      if ((await records.readVersion(name, version)) === text) return { version, record: sha256Of(text) };
    }
    const version = Math.max(0, ...known.keys(), ...there) + 1;
    const text = recordOf({ ...draft, version });
    if (!(await records.writeVersion(name, version, text))) throw new ConflictError();
    return { version, record: sha256Of(text) };
  }

  const registry: ModelRegistry = {
    models: async () => (await records.models()).filter((entry) => MODEL_NAME.test(entry)).sort(),

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
          await records.append(name, log, { ...registered(version, lineage), digests }, now());
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
      const there = await records.versions(checkedName(name)); // first: what is registered meanwhile is none
      return notIn(await registry.log(name), there);
    },

    async log(name) {
      const log = await records.log(logName(name));
      if (log.length > 0) return log;
      const versions = await records.versions(name);
      // Somebody may have begun it meanwhile.
      const again = versions.length === 0 ? [] : await records.log(name);
      if (again.length === 0 && versions.length > 0) throw logGone(name, versions.length);
      return again;
    },
  };
  return registry;
}

const fileOf = (version: number): string => `versions/${version}.json`;

/** What the registry keeps. Names of models are checked by the caller. */
function createRecords(objects: Objects, key: LogKey) {
  const versionsOf = (name: string) => `${name}/versions/`;

  return {
    /** Names of models, and what else is there, in any order. */
    async models(): Promise<string[]> {
      const keys = await objects.list('');
      return [...new Set(keys.flatMap((key) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : [])))];
    },

    /** Does an operation on a model's records, and does it again when another writer wrote in between. */
    transaction: <T>(name: string, operation: () => Promise<T>) =>
      retryOnConflict(`the records of model ${name}`, operation),

    /** Numbers of the records of versions, in any order, whether the log knows them or not. */
    async versions(name: string): Promise<number[]> {
      const folder = versionsOf(name);
      return (await objects.list(folder)).flatMap((key) => numberOf(key.slice(folder.length)) ?? []);
    },

    /** Text of a version's record, `null` when there is none. */
    async readVersion(name: string, version: number): Promise<string | null> {
      const found = await objects.get(`${versionsOf(name)}${version}.json`);
      return found === null ? null : Buffer.from(found.bytes).toString('utf8');
    },

    /** Writes a version's record, whole, where there is none. @returns false when there is one */
    writeVersion: async (name: string, version: number, text: string): Promise<boolean> =>
      (await objects.put(`${versionsOf(name)}${version}.json`, Buffer.from(text), 'when-absent')) !== null,

    /** Oldest first. @throws PipelineFailure `LogTampered` */
    log: (name: string): Promise<LogEntry[]> => readLog(objects, { name, key }),

    /** Appends to the log that was read as `log`. @throws PipelineFailure `LogTampered` */
    append: (name: string, log: LogEntry[], statement: Statement, at: Date): Promise<void> =>
      appendToLog(objects, { name, key }, { log, statement, at }),
  };
}

/** A version's record as it is written: the same for the same draft. */
export const recordOf = (stored: StoredVersion): string => `${JSON.stringify(stored, null, 2)}\n`;

/** The number of a version by the name of its record, `null` for any other name. */
function numberOf(file: string): number | null {
  return /^[1-9]\d{0,8}\.json$/.test(file) ? Number.parseInt(file, 10) : null;
}
