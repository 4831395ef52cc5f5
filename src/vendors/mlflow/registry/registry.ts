import { MODEL_NAME } from '../../../contracts/limits.js';
import { modelsTagged } from '../models.js';
import {
  digestsIn,
  notIn,
  pointersOf,
  type Registration,
  registrationsOf,
  saidBefore,
  subjectOf,
  versionsIn,
  withHistory,
  begunBy,
  judgedAgain,
  registered,
} from '../../../registry/history.js';
import type { LogKey } from '../../../registry/log-key.js';
import { appendMlflowEvent, type LogLocation, readMlflowLog } from './log.js';
import { showAlias, showVerdicts, ensureOwnModel, findOwnModel, KIND, type OwnModel } from './model.js';
import { type KeptVersion, mlflowVersions, type VersionTools, restoreFiles } from './versions.js';
import {
  checkedName,
  logGone,
  logName,
  notGone,
  noVersion,
  otherVersion,
  versionGone,
  versionWrittenOff,
} from '../../../registry/refusals.js';
import type { Alias, Cause, LogEntry, ModelRegistry, ModelVersion, RegistryEvent } from '../../../registry/registry.js';

/** What the registry is made with. */
export interface MlflowRegistryTools extends VersionTools {
  /** Signs the entries of logs. */
  key: LogKey;
}

/**
 * Registry in an MLflow server, which keeps the artifacts too: a registered model per model, a version per trained model
 * whose files are those of its pipeline's run, and the hash-chained log in the parameters of a run of its own. The log is
 * the truth; the aliases and tags that MLflow shows follow it. Throws what the client throws, and a PipelineFailure
 * `RegistryUnusable` for a registered model that somebody else made.
 */
export function createMlflowRegistry(tools: MlflowRegistryTools): ModelRegistry {
  const { client, store, now, key } = tools;
  const versions = mlflowVersions(tools);

  const longLines = new Map<string, string>();

  const placeOf = (name: string, { logRun }: OwnModel): LogLocation => ({
    client,
    name,
    key,
    runId: logRun,
    longLines,
  });
  const find = (name: string) => findOwnModel(client, logName(name));
  const read = (name: string, model: OwnModel) => readMlflowLog(placeOf(name, model));

  function registrationOf(name: string, version: number, log: LogEntry[]): Registration {
    const registration = registrationsOf(log).get(version);
    if (registration === undefined) throw noVersion(name, version);
    if (registration.writtenOff) throw versionWrittenOff(name, version);
    return registration;
  }

  /** A version that is there and what was registered. */
  async function kept(name: string, version: number, log: LogEntry[]): Promise<KeptVersion> {
    const registration = registrationOf(name, version, log);
    const one = await versions.one(name, version);
    if (one === null) throw versionGone(name, version, "restore it from a backup of MLflow's server");
    return checked(one, registration);
  }

  async function restored({ stored, run }: KeptVersion, log: LogEntry[]): Promise<ModelVersion> {
    const { name, version } = stored;
    await restoreFiles(client, store, run, { what: `version ${version} of model ${name}`, files: stored });
    return withHistory(stored, registrationOf(name, version, log), log);
  }

  /** The model to write to, made when it is missing; a version that it must have is looked up before. */
  async function opened(name: string, version: number | null, cause: Pick<Cause, 'by' | 'proof'>): Promise<OwnModel> {
    if (version !== null) await kept(name, version, await registry.log(name));
    const model = (await find(name)) ?? (await ensureOwnModel(client, name, now));
    await append(name, model, (log) => (log.length === 0 ? begunBy(cause) : null));
    return model;
  }

  const append = (name: string, model: OwnModel, decide: (log: LogEntry[]) => (RegistryEvent & Cause) | null) =>
    appendMlflowEvent(placeOf(name, model), now, (log) => {
      const event = decide(log);
      return event && { ...event, digests: digestsIn(event, log) };
    });

  /** Also when nothing was appended: an earlier try may have been killed in between. */
  const show = (name: string, model: OwnModel, version: number): Promise<void> =>
    showVerdicts(client, name, version, async () => {
      const log = await read(name, model);
      const { stored, tags } = await kept(name, version, log);
      const { gate, decisions } = withHistory(stored, registrationOf(name, version, log), log);
      return { gate, decision: decisions.at(-1)?.decision ?? null, tags };
    });

  const showPointer = (name: string, model: OwnModel, alias: Alias): Promise<void> =>
    showAlias(client, name, alias, async () => {
      const log = await read(name, model);
      return { log, aliases: (await find(name))?.aliases ?? new Map<string, number>() };
    });

  const registry: ModelRegistry = {
    models: async () =>
      (await modelsTagged(client, KIND.tag, KIND.value)).filter((name) => MODEL_NAME.test(name)).sort(),

    async versions(name) {
      const log = await registry.log(name);
      return (await versions.all(name, versionsIn(log))).map((one) => {
        const registration = registrationOf(name, one.stored.version, log);
        return withHistory(checked(one, registration).stored, registration, log);
      });
    },

    async version(name, version) {
      const log = await registry.log(name);
      return restored(await kept(name, version, log), log);
    },

    async register(draft) {
      const { name, gate, lineage } = draft;
      const model = await opened(checkedName(name), null, { by: lineage.workflowId });
      const { stored, digests } = await versions.ensure(draft);
      const { version } = stored;
      await appendMlflowEvent(placeOf(name, model), now, (log) => {
        const known = registrationsOf(log).get(version);
        if (known === undefined) return { ...registered(version, lineage), digests: { [version]: digests } };
        if (withHistory(stored, known, log).gate.passed === gate.passed) return null;
        return { ...judgedAgain(version, gate, lineage), digests: { [version]: known.digests } };
      });
      await show(name, model, version);
      return registry.version(name, version);
    },

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    async setAlias(name, { alias, version, ...cause }) {
      const model = await opened(name, version, cause);
      await append(name, model, (log) => {
        const previous = pointersOf(log).get(alias) ?? null;
        return previous === version ? null : { event: 'alias', alias, version, previous, ...cause };
      });
      await showPointer(name, model, alias);
    },

    async record(name, entry) {
      const model = await opened(logName(name, entry), subjectOf(entry), entry);
      await append(name, model, (log) => (saidBefore(log, entry) ? null : entry));
      if (entry.event === 'gate' || entry.event === 'decision') await show(name, model, entry.version);
    },

    async writeOff(name, { version, ...cause }) {
      const model = await find(name);
      const known = model && registrationsOf(await registry.log(name)).get(version);
      if (!model || !known) throw noVersion(name, version);
      if (!known.writtenOff && (await versions.one(name, version)) !== null) throw notGone(name, version);
      const pointers = pointersOf(await read(name, model));
      await append(name, model, (log) =>
        registrationsOf(log).get(version)!.writtenOff ? null : { event: 'written-off', version, ...cause },
      );
      for (const [alias, at] of pointers) if (at === version) await showPointer(name, model, alias);
    },

    async unregistered(name) {
      const there = await versions.numbers(checkedName(name)); // first: what is registered meanwhile is none
      return notIn(await registry.log(name), there);
    },

    async log(name) {
      const model = await find(name);
      if (model === null) return [];
      const log = await read(name, model);
      if (log.length > 0) return log;
      const there = await versions.count(name);
      // Somebody may have begun it meanwhile.
      const again = there === 0 ? [] : await read(name, model);
      if (again.length === 0 && there > 0) throw logGone(name, there);
      return again;
    },
  };
  return registry;
}

/** @throws PipelineFailure `LogTampered` when a version is not what was registered */
function checked(one: KeptVersion, { digests }: Registration): KeptVersion {
  const { name, version } = one.stored;
  if (one.digests.record !== digests.record || one.digests.model !== digests.model)
    throw otherVersion(
      name,
      version,
      'its document',
      "restore the version's tags and its run's artifacts from a backup of MLflow's server",
    );
  return one;
}
