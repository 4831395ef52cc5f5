import { PipelineFailure } from '../contracts/failures.js';
import type { RegisteredModel } from '../contracts/results.js';
import { shortDigest } from '../contracts/text.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';

/**
 * The version that a run acts on, when it still is the very model that the run was given.
 * @throws PipelineFailure `LogTampered` for another one, and what the registry throws
 */
export async function actedOn(
  registry: ModelRegistry,
  { name, version, sha256 }: RegisteredModel,
): Promise<ModelVersion> {
  const known = await registry.version(name, version);
  if (known.model.sha256 === sha256) return known;
  throw new PipelineFailure(
    'LogTampered',
    `Version ${version} of model ${name} is ${shortDigest(known.model.sha256)} in the registry, and this run is about ${shortDigest(sha256)}: the registry was changed since, so restore it from a backup, or train again (what serves keeps serving).`,
  );
}

/** The same, when its latest decision is an approval of this very model. @throws PipelineFailure `NotApproved` otherwise */
export async function approved(registry: ModelRegistry, model: RegisteredModel): Promise<ModelVersion> {
  const known = await actedOn(registry, model);
  const last = known.decisions.at(-1);
  if (last?.decision === 'approved' && last.digests.model === model.sha256) return known;
  throw new PipelineFailure(
    'NotApproved',
    `${model.name} version ${model.version} is not approved, so it may not serve; run the pipeline again and approve it.`,
  );
}
