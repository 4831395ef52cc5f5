import { MODEL_NAME } from '../contracts/definition.js';
import { modelsTagged } from '../mlflow/models.js';
import { pointersOf, saidBefore, withHistory } from './history.js';
import { appendMlflowEvent, type LogPlace, readMlflowLog } from './mlflow-log.js';
import { showAlias, showVerdicts } from './mlflow-mirror.js';
import { ensureOwnModel, findOwnModel, KIND, type OwnModel } from './mlflow-model.js';
import { type KeptVersion, mlflowVersions, type VersionTools } from './mlflow-versions.js';
import { checkedName, noVersion } from './refusals.js';
import type { Cause, LogEntry, ModelRegistry, ModelVersion, RegistryEvent } from './registry.js';
import { restoreFiles } from './version-files.js';

/**
 * Registry in an MLflow server, which keeps the artifacts too: a registered model per model, a version per trained model
 * whose files are those of its pipeline's run, and the hash-chained log in the parameters of a run of its own. The log is
 * the truth; the aliases and tags that MLflow shows follow it. Throws what the client throws, and a PipelineFailure
 * `RegistryUnusable` for a registered model that somebody else made.
 */
export function createMlflowRegistry(tools: VersionTools): ModelRegistry {
  const { client, store, now } = tools;
  const versions = mlflowVersions(tools);

  const longLines = new Map<string, string>();

  const placeOf = (name: string, { logRun }: OwnModel): LogPlace => ({ client, name, runId: logRun, longLines });
  const find = (name: string) => findOwnModel(client, checkedName(name));

  async function kept(name: string, version: number): Promise<KeptVersion> {
    const one = await versions.one(name, version);
    if (one === null) throw noVersion(name, version);
    return one;
  }

  async function restored({ stored, run }: KeptVersion, log: LogEntry[]): Promise<ModelVersion> {
    const { name, version } = stored;
    await restoreFiles(client, store, run, { what: `version ${version} of model ${name}`, files: stored });
    return withHistory(stored, log);
  }

  /** The model to write to, made when it is missing; a version that it must have is looked up before. */
  async function opened(name: string, version: number | null): Promise<OwnModel> {
    const known = await find(name);
    if (version !== null) await kept(name, version);
    return known ?? ensureOwnModel(client, name, now);
  }

  const append = (name: string, model: OwnModel, decide: (log: LogEntry[]) => (RegistryEvent & Cause) | null) =>
    appendMlflowEvent(placeOf(name, model), now, decide);

  /** Also when nothing was appended: an earlier try may have been killed in between. */
  const show = (name: string, model: OwnModel, version: number): Promise<void> =>
    showVerdicts(client, name, version, async () => {
      const { stored, tags } = await kept(name, version);
      const { gate, decisions } = withHistory(stored, await readMlflowLog(placeOf(name, model)));
      return { gate, decision: decisions.at(-1)?.decision ?? null, tags };
    });

  const registry: ModelRegistry = {
    models: async () =>
      (await modelsTagged(client, KIND.tag, KIND.value)).filter((name) => MODEL_NAME.test(name)).sort(),

    async versions(name) {
      const log = await registry.log(name);
      return (await versions.all(name)).map(({ stored }) => withHistory(stored, log));
    },

    async version(name, version) {
      const log = await registry.log(name);
      return restored(await kept(name, version), log);
    },

    async register(draft) {
      const { name, gate, lineage } = draft;
      const model = await ensureOwnModel(client, checkedName(name), now);
      const { stored } = await versions.ensure(draft);
      const { version } = stored;
      const run = lineage.workflowId;
      await append(name, model, (log) =>
        withHistory(stored, log).gate.passed === gate.passed
          ? null
          : { event: 'gate', version, ...gate, run, by: run, reason: 'judged again' },
      );
      await show(name, model, version);
      return registry.version(name, version);
    },

    async alias(name, alias) {
      const version = (await registry.aliases(name)).get(alias);
      return version === undefined ? null : registry.version(name, version);
    },

    aliases: async (name) => pointersOf(await registry.log(name)),

    async setAlias(name, { alias, version, by, reason }) {
      const model = await opened(name, version);
      await append(name, model, (log) => {
        const previous = pointersOf(log).get(alias) ?? null;
        return previous === version ? null : { event: 'alias', alias, version, previous, by, reason };
      });
      await showAlias(client, name, alias, async () => {
        const log = await readMlflowLog(placeOf(name, model));
        return { log, aliases: (await find(name))?.aliases ?? new Map<string, number>() };
      });
    },

    async record(name, entry) {
      const model = await opened(name, entry.event === 'traffic' ? null : entry.version);
      await append(name, model, (log) => (saidBefore(log, entry) ? null : entry));
      if (entry.event === 'gate' || entry.event === 'decision') await show(name, model, entry.version);
    },

    async log(name) {
      const model = await find(name);
      return model === null ? [] : readMlflowLog(placeOf(name, model));
    },
  };
  return registry;
}
