import { programCommand } from '../contracts/commands.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';

/** Fewer digits of a hash, or letters of an id, would be found by chance. */
const SHORTEST = 6;

/** Why a version was found: what of its origin begins with what was asked for. */
export interface Origin {
  version: ModelVersion;
  /** `data set`, `source data`, `definition`, `commit`, `run`. */
  what: string;
  /** The whole of it. */
  id: string;
}

/** One version, or all that came from what was asked for. */
export type Found = { one: ModelVersion } | { from: Origin[] };

/**
 * What a person means by a version number, an alias, the beginning of a model's hash or a workflow id; or, the other way
 * round, by the beginning of the hash of data or definition, of a commit or a run.
 * @param model only this one's versions
 * @throws Error when it is nothing, or several things
 */
export async function findVersion(registry: ModelRegistry, text: string, model?: string): Promise<Found> {
  const models = await namesOf(registry, model);
  const versions = (await Promise.all(models.map((name) => registry.versions(name)))).flat();
  const named = await byName(registry, models, versions, text);
  if (named.length > 0) return { one: only(named, text) };
  if (text.length < SHORTEST)
    throw new Error(
      `There is no version ${text}${model === undefined ? '' : ` of ${model}`}; ${programCommand('models')} lists them, and of a hash or a workflow id give at least ${SHORTEST} characters.`,
    );
  const hashed = versions.filter(({ model: { sha256 } }) => sha256.startsWith(text));
  if (hashed.length > 0) return { one: only(hashed, text) };
  const from = versions.flatMap((version) =>
    originsOf(version)
      .filter(({ id }) => id.startsWith(text))
      .slice(0, 1),
  );
  const [first] = from;
  if (first === undefined)
    throw new Error(
      `Nothing that is registered has a model, data, definition, commit or run that begins with ${text}; ${programCommand('models')} lists what there is.`,
    );
  return from.length === 1 && first.id === text && first.what === 'run' ? { one: first.version } : { from };
}

/** The same, when it has to be one. @throws Error also when several came from it */
export async function findOneVersion(registry: ModelRegistry, text: string, model?: string): Promise<ModelVersion> {
  const found = await findVersion(registry, text, model);
  if ('one' in found) return found.one;
  return only(
    found.from.map(({ version }) => version),
    text,
  );
}

async function namesOf(registry: ModelRegistry, model: string | undefined): Promise<string[]> {
  const known = await registry.models();
  if (known.length === 0)
    throw new Error(`No model is registered yet; ${programCommand('start-pipeline')} makes the first.`);
  if (model === undefined) return known;
  if (known.includes(model)) return [model];
  throw new Error(`There is no model ${model}; known are ${known.join(', ')}.`);
}

/** By version number or alias. */
async function byName(registry: ModelRegistry, models: string[], versions: ModelVersion[], text: string) {
  const numbered = versions.filter(({ version }) => String(version) === text);
  if (numbered.length > 0) return numbered;
  const pointed = await Promise.all(
    models.map(async (name) => {
      const number = [...(await registry.aliases(name))].find(([alias]) => alias === text)?.[1];
      return versions.filter((entry) => entry.name === name && entry.version === number);
    }),
  );
  return pointed.flat();
}

function only(versions: ModelVersion[], text: string): ModelVersion {
  const [first, ...others] = versions;
  if (first && others.length === 0) return first;
  const listed = versions.map(({ name, version }) => `${name} version ${version}`).join(', ');
  const several = new Set(versions.map(({ name }) => name)).size > 1;
  throw new Error(
    `${text} can be ${listed}: ${several ? 'name one of the models with --model' : 'give a version number'}.`,
  );
}

function originsOf(version: ModelVersion): Origin[] {
  const { lineage } = version;
  return [
    { what: 'data set', id: lineage.datasetSha256 },
    { what: 'source data', id: lineage.sourceSha256 },
    { what: 'definition', id: lineage.definitionSha256 },
    { what: 'definition', id: lineage.definition.sha256 },
    { what: 'commit', id: lineage.commit ?? '' },
    { what: 'run', id: lineage.workflowId },
    { what: 'run', id: lineage.runId },
  ].map((origin) => ({ version, ...origin }));
}
