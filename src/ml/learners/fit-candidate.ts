import type { CandidateDefinition } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';
import type { ModelFeature } from '../../contracts/learner.js';
import { groupsAt, labelsOf, type Table } from '../table.js';
import { imputedColumns } from '../features.js';
import { type Estimator, learnerOf } from './index.js';
import type { Fit } from './learner.js';

/**
 * Fits a candidate to the chosen rows.
 * @param features how to fill and scale each column of `table`, fitted on the same rows
 * @param seed the only source of randomness (random forest, linear SVM, neural network)
 * @param progress hears from learners that tell how far they are
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation, `DefinitionInvalid`
 *   when this thread knows no such learner, or another version of it
 */
export function fitCandidate(
  candidate: CandidateDefinition,
  table: Table,
  rows: Int32Array,
  features: ModelFeature[],
  seed: number,
  progress: (message: string) => void = () => undefined,
): Fit<Estimator> {
  const { kind, options } = candidate;
  const version = 'version' in candidate ? candidate.version : null;
  const learner = learnerOf(kind);
  if (learner === undefined)
    throw refusal(`The worker has no learner of the kind ${kind}: name its module in the worker's MLOPS_LEARNERS`);
  if (learner.version !== version)
    throw refusal(
      `The run asks for version ${version} of ${kind}, but the worker has ${learner.version}: bring both to one version`,
    );
  const data = {
    columns: imputedColumns(table, rows, features),
    labels: labelsOf(table, rows),
    features,
    groups: groupsAt(table.groups, rows),
    seed,
    progress,
  };
  return learner.fit(data, options);
}

const refusal = (problem: string) => new PipelineFailure('DefinitionInvalid', `${problem} and start the run again.`);
