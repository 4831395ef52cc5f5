import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contracts/values.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ModelDocument } from '../contracts/model.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';
import { type ServedPeriod, servedPeriods } from '../registry/served.js';
import { parseModelDocument } from '../model/model-document.js';
import { type ArtifactStore, MissingArtifact } from '../store/artifacts.js';

/** An artifact of a version, and whether the store has its very bytes; its address is where they are now. */
export interface CheckedArtifact extends ArtifactRef {
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

export interface Sources {
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
export const STAY_IN_STORE = ['matrix', 'training rows', 'reference'] as const;

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
