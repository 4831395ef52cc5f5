import type { CaptureSource } from '../capture/partitions.js';
import type { CandidateDefinition, ColumnDefinition, Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import { MAX_LEARNED_BYTES } from '../contracts/limits.js';
import type { FittedModel } from '../contracts/model.js';
import type { MonitoringReference } from '../contracts/reference.js';
import type { NestedScores, Evaluation, FoldMetrics } from '../contracts/results.js';
import type { ArtifactRef } from '../contracts/values.js';
import { decodeMatrix } from '../data/matrix.js';
import type { ScoreRows } from '../ml/evaluation/folds.js';
import { stratifiedSample } from '../ml/evaluation/split.js';
import { checkEstimator } from '../ml/learners/index.js';
import { casesOfClasses, pickFeatures, type Table } from '../ml/table.js';
import { RefusedModel } from '../model/checks.js';
import { checkFeature } from '../model/features.js';
import { scoreRows } from '../model/predict.js';
import type { ArtifactStore } from '../store/artifacts.js';

/** What a task may use besides its input. */
export interface TaskContext {
  store: ArtifactStore;
  /** What training rows are fingerprinted under; see `openFingerprintKey`. */
  fingerprintKey: () => Promise<Uint8Array>;
  /** The capture at this URI. */
  capture: (uri: string) => CaptureSource;
  report: (progress: string) => void;
}

/** Numeric work that is done in a thread. Input and output cross the thread boundary, so they are plain data. */
export interface Task<Id extends string, Input, Output> {
  /** Name and version, under which results are kept for later runs. */
  id: Id;
  run: (input: Input, context: TaskContext) => Promise<Output>;
}

/**
 * Defines a task; it is found once it stands in the table `tasks/index.ts`.
 * @param task.version raise it when the code changes results: what was kept of earlier versions is computed anew
 */
export const defineTask = <const Name extends string, const Version extends number, Input, Output>({
  name,
  version,
  run,
}: {
  name: Name;
  version: Version;
  run: Task<never, Input, Output>['run'];
}): Task<`${Name}/${Version}`, Input, Output> => ({ id: `${name}/${version}`, run });

/** Role of a training row in the matrix artifact. */
export const TRAIN = 0;
/** Role of a row that is held out. */
export const HOLDOUT = 1;

/** Indices of the rows with a role, ascending. */
export function rowsOfRole(roles: Uint8Array, role: number): Int32Array {
  const rows = new Int32Array(roles.length);
  let count = 0;
  for (let row = 0; row < roles.length; row++) if (roles[row] === role) rows[count++] = row;
  return rows.slice(0, count);
}

/** The stored matrix with the columns of a definition, less the one left out. */
export async function loadMatrix(
  store: ArtifactStore,
  ref: ArtifactRef,
  columns: ColumnDefinition[],
  without: string | null = null,
): Promise<{ table: Table; columns: ColumnDefinition[]; train: Int32Array; holdout: Int32Array }> {
  const matrix = decodeMatrix(await store.get(ref));
  const kept = columns.filter(({ name }) => name !== without);
  return {
    table: pickFeatures(
      matrix,
      kept.map(({ name }) => matrix.names.indexOf(name)),
    ),
    columns: kept,
    train: rowsOfRole(matrix.roles, TRAIN),
    holdout: rowsOfRole(matrix.roles, HOLDOUT),
  };
}

/** The training rows that cross-validation uses: all of them, or a stratified sample above `validation.maxRows`. */
export const validationRows = (
  { labels }: Table,
  train: Int32Array,
  { validation, split }: Pick<Definition, 'validation' | 'split'>,
): Int32Array => stratifiedSample(labels, train, validation.maxRows, split.seed);

/** The sample must hold a case of each class for every fold, as the training rows do. */
export function requireFolds(rows: Int32Array, { labels, groups }: Table, folds: number): void {
  const fewest = Math.min(...casesOfClasses(labels, rows, groups));
  if (fewest < folds)
    throw new PipelineFailure(
      'DataContract',
      `The smaller class has ${fewest} ${unitOf(groups)} in the cross-validation sample of ${rows.length}, fewer than the ${folds} folds; raise validation.maxRows.`,
    );
}

/** Every outer training part must hold a case of each class for every inner fold. */
export function requireInnerFolds(
  rows: Int32Array,
  { labels, groups }: Table,
  folds: number,
  innerFolds: number,
): void {
  const fewest = Math.min(...casesOfClasses(labels, rows, groups));
  const left = fewest - Math.ceil(fewest / folds);
  if (left < innerFolds)
    throw new PipelineFailure(
      'DataContract',
      `The smaller class has ${left} ${unitOf(groups)} in an outer training part, fewer than the ${innerFolds} folds on which options are chosen; lower search.innerFolds or raise validation.folds.`,
    );
}

const unitOf = (groups: Int32Array | undefined): string => (groups === undefined ? 'rows' : 'groups of equal rows');

/** Stores a document as one line of JSON. */
export const putJson = (
  store: ArtifactStore,
  value: Evaluation | MonitoringReference | FoldMetrics | NestedScores,
): Promise<ArtifactRef> => store.put(Buffer.from(`${JSON.stringify(value)}\n`));

/**
 * The predictor, which first asks of the first model that it is given whether a document may hold it: a forest that grows
 * too large is found in the first fold, and not when all has been trained.
 */
export function scoreServable(candidate: Pick<CandidateDefinition, 'name'>): ScoreRows {
  let asked = false;
  return (model, values, rows) => {
    if (!asked) requireServable(candidate, model);
    asked = true;
    return scoreRows(model, values, rows);
  };
}

/** @throws PipelineFailure `DataContract` naming the candidate, what is too much and the remedy */
function requireServable({ name }: Pick<CandidateDefinition, 'name'>, { features, estimator }: FittedModel): void {
  try {
    features.forEach(checkFeature);
    checkEstimator(estimator, features);
  } catch (error) {
    if (error instanceof RefusedModel) throw unservable(name, error.problem);
    throw error;
  }
  const bytes = Buffer.byteLength(JSON.stringify({ features, estimator }));
  if (bytes > MAX_LEARNED_BYTES)
    throw unservable(name, `it takes ${bytes} bytes, expected at most ${MAX_LEARNED_BYTES}`);
}

const unservable = (name: string, problem: string) =>
  new PipelineFailure(
    'DataContract',
    `candidate ${name} learns a model that cannot be served: ${problem}; give it fewer or smaller parts (trees, maxDepth, hiddenUnits; a higher minLeafRows), or its features ranges and units of ordinary size.`,
  );
