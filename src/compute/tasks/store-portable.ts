import { isOwnEstimator, type ModelDocument } from '../../contracts/model.js';
import { PORTABLE_FILES, type PortableFiles } from '../../contracts/results.js';
import { portableFiles } from '../../vendors/mlflow/portable-files.js';
import type { ArtifactStore } from '../../store/artifacts.js';

/**
 * Stores the files that make a model open elsewhere; `null` for an own kind, which only its predictor can score.
 * @param document checked, as `serializeModelDocument` does
 */
export async function storePortable(store: ArtifactStore, document: ModelDocument): Promise<PortableFiles | null> {
  if (isOwnEstimator(document.estimator)) return null;
  const files = portableFiles(document);
  const stored = PORTABLE_FILES.map(async (name) => [name, await store.put(files[name])] as const);
  return Object.fromEntries(await Promise.all(stored)) as PortableFiles; // every file has its entry
}
