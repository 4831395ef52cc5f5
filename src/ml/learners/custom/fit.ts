import type { OwnCandidate } from '../../../contracts/definition.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import type { Json, OwnFit, OwnKind, TrainingMatrix } from '../../../contracts/learner.js';
import type { OwnEstimator } from '../../../contracts/model.js';
import { createRandom } from '../../random.js';

const fits = new Map<OwnKind, OwnFit>();

/** Makes candidates of this kind learnable in this thread. */
export function registerFit(kind: OwnKind, fit: OwnFit): void {
  fits.set(kind, fit);
}

/**
 * Fits a candidate of an own kind.
 * @throws PipelineFailure `DefinitionInvalid` when this thread knows no such learner, or another version of it
 */
export function fitOwn(
  { kind, version, options }: OwnCandidate,
  matrix: TrainingMatrix,
  labels: Uint8Array,
  seed: number,
  progress: (message: string) => void,
): OwnEstimator {
  const learner = fits.get(kind);
  if (learner === undefined)
    throw refusal(`The worker has no learner of the kind ${kind}: name its module in the worker's MLOPS_LEARNERS`);
  if (learner.version !== version)
    throw refusal(
      `The run asks for version ${version} of ${kind}, but the worker has ${learner.version}: bring both to one version`,
    );
  const parameters = learner.fit(matrix, labels, options, createRandom(seed), progress);
  // Rows are scored with what a document would hold, so that nothing else can be learned.
  return { kind, parameters: JSON.parse(JSON.stringify(parameters)) as Json };
}

const refusal = (problem: string) => new PipelineFailure('DefinitionInvalid', `${problem} and start the run again.`);
