import type { ArtifactRef } from '../../../contracts/artifact.js';
import { PORTABLE_FILES } from '../../../contracts/results.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import { downloadArtifact, uploadArtifact } from '../run-data.js';
import type { MlflowClient } from '../client.js';
import type { MlflowRun } from '../runs.js';
import type { ArtifactStore } from '../../../store/artifacts.js';
import { sha256Of } from '../../../store/files.js';
import type { StoredVersion } from '../../../registry/history.js';
import type { Lineage } from '../../../registry/registry.js';

/** Directory of a version's run that MLflow loads as a model. */
export const MODEL_DIRECTORY = 'model';

type Files = Pick<StoredVersion, 'model' | 'portable'> & {
  lineage: Pick<Lineage, 'profile' | 'evaluation' | 'definition'>;
};

type Place = [path: string, ref: ArtifactRef];

/**
 * Every artifact of a version that leaves the store, by its path in the version's run. Matrix, reference and fingerprints
 * are not among them: they tell of single rows, and stay in the store of the worker that trained. docs/privacy.md lists
 * every one.
 */
export function filesOf({ model, portable, lineage }: Files): Place[] {
  const { profile, evaluation, definition } = lineage;
  return [
    [`${MODEL_DIRECTORY}/model.json`, model],
    ...PORTABLE_FILES.flatMap((file): Place[] => (portable ? [[`${MODEL_DIRECTORY}/${file}`, portable[file]]] : [])),
    ['lineage/profile.json', profile],
    ['lineage/evaluation.json', evaluation],
    ['lineage/definition.json', definition],
  ];
}

/** Puts a version's artifacts from the store under its run. @throws PipelineFailure `ArtifactCorrupt` when the store lacks one */
export async function uploadFiles(client: MlflowClient, store: ArtifactStore, run: MlflowRun, files: Files) {
  for (const [path, ref] of filesOf(files)) await uploadArtifact(client, run, path, await store.get(ref));
}

/**
 * Brings what the store lacks of a version's artifacts back from its run; what never left the store cannot be.
 * @param what names the version in failures
 * @throws PipelineFailure `ArtifactCorrupt` for one that is missing there, or another
 */
export async function restoreFiles(
  client: MlflowClient,
  store: ArtifactStore,
  run: MlflowRun,
  { what, files }: { what: string; files: Files },
): Promise<void> {
  for (const [path, ref] of filesOf(files)) {
    if (await store.has(ref)) continue;
    const bytes = await downloadArtifact(client, run, path);
    if (bytes === null || sha256Of(bytes) !== ref.sha256)
      throw corrupt(what, run.runId, bytes === null ? `${path} is missing` : `${path} does not have its SHA-256`);
    await store.put(bytes);
  }
}

/** What MLflow has of a version is not what was registered. */
export const corrupt = (what: string, runId: string, found: string): PipelineFailure =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `What MLflow has of ${what} is not what was registered: ${found} (run ${runId}); restore it from a backup of the server, or delete this version there and train again.`,
  );
