import { pathToFileURL } from 'node:url';
import { programCommand } from '../contracts/commands.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ModelDocument } from '../contracts/model.js';
import type { ArtifactRef } from '../contracts/values.js';
import { parseModelDocument } from '../model/model-document.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';
import { type ServedPeriod, servedPeriods } from '../registry/served.js';
import { type ArtifactStore, MissingArtifact } from '../store/artifacts.js';

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
type Found = { one: ModelVersion } | { from: Origin[] };

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

/** An artifact of a version, and whether the store has its very bytes; its address is where they are now. */
interface CheckedArtifact extends ArtifactRef {
  name: string;
  state: 'intact' | 'missing' | 'changed';
}

/** All that is known of a version, from the served hash to the data and back. */
export interface VersionDescription extends ModelVersion {
  aliases: string[];
  /** When it served behind which function and alias, oldest first; the present time has no end. */
  served: ServedPeriod[];
  /** How it decides, from its document; `null` when that is not in the store. */
  decides: Pick<ModelDocument, 'threshold' | 'thresholdChoice' | 'calibration' | 'training'> | null;
  artifacts: CheckedArtifact[];
  /** What a registry that keeps artifacts itself could not bring back, in a sentence. */
  trouble: string | null;
  /** Page of the run in the Web UI, `null` when its address is unknown. */
  ui: string | null;
}

interface Sources {
  registry: ModelRegistry;
  store: ArtifactStore;
  uiOf: (workflowId: string, runId: string) => Promise<string | null>;
}

/** Follows a version back to where it came from, and hashes its artifacts again. */
export async function describeVersion(
  { registry, store, uiOf }: Sources,
  known: ModelVersion,
): Promise<VersionDescription> {
  const { entry, trouble } = await broughtBack(registry, known);
  const { name, version, lineage } = entry;
  const artifacts = await Promise.all(
    Object.entries(artifactsOf(entry)).map(async ([file, ref]) => checked(store, file, ref)),
  );
  const log = await registry.log(name);
  return {
    ...entry,
    aliases: [...(await registry.aliases(name))].flatMap(([alias, at]) => (at === version ? [alias] : [])),
    served: servedPeriods(log, version),
    decides: artifacts[0]?.state === 'intact' ? decisionOf(await store.get(entry.model)) : null,
    artifacts,
    trouble,
    ui: await uiOf(lineage.workflowId, lineage.runId),
  };
}

/** A registry that keeps artifacts itself brings them back when a single version is asked for. */
async function broughtBack(registry: ModelRegistry, known: ModelVersion) {
  try {
    return { entry: await registry.version(known.name, known.version), trouble: null };
  } catch (error) {
    if (!(error instanceof PipelineFailure && error.type === 'ArtifactCorrupt')) throw error;
    return { entry: known, trouble: error.message };
  }
}

/** Those of {@link artifactsOf} that never leave the store of their training for another one. */
export const STAY_IN_STORE: readonly string[] = ['matrix', 'reference', 'training rows'];

/** The artifacts that a version has, by the names that people are told; the model document first. */
export function artifactsOf({ model, portable, lineage }: ModelVersion): Record<string, ArtifactRef> {
  const { definition, matrix, trainingRows, profile, evaluation, reference } = lineage;
  return {
    'model.json': model,
    ...portable,
    definition,
    matrix,
    'training rows': trainingRows,
    profile,
    evaluation,
    reference,
  };
}

async function checked(store: ArtifactStore, name: string, ref: ArtifactRef): Promise<CheckedArtifact> {
  try {
    const uri = pathToFileURL(await store.localPath(ref)).href;
    return { name, ...ref, uri, state: 'intact' };
  } catch (error) {
    if (!(error instanceof PipelineFailure && error.type === 'ArtifactCorrupt')) throw error;
    return { name, ...ref, state: error instanceof MissingArtifact ? 'missing' : 'changed' };
  }
}

function decisionOf(bytes: Uint8Array): VersionDescription['decides'] {
  const { threshold, thresholdChoice, calibration, training } = parseModelDocument(bytes);
  return { threshold, thresholdChoice, calibration, training };
}
