import type { CandidateDefinition } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';
import type { ConfusionMatrix, Warning } from '../../contracts/values.js';
import type { FeatureColumn, FittedModel } from '../../contracts/model.js';
import { fitCandidate } from '../learners/fit-candidate.js';
import { fitFeatures, unknownFeatures } from '../features.js';
import { type Table, labelsOf, positionsWhere, type Values } from '../table.js';
import { applied, type DecisionPolicy, learnDecision } from './decision-threshold.js';
import { metricValues, type MetricValues } from './metrics.js';
import { stratifiedFolds } from './split.js';

/** The pure predictor, passed in because it belongs to serving. @returns one score per position of `rows`. */
export type ScoreRows = (model: FittedModel, values: Values, rows: Int32Array) => Float64Array;

/** What every fold of a cross-validation has in common. */
export interface FoldInput {
  table: Table;
  /** Indices of the rows that are dealt to folds. */
  rows: Int32Array;
  /** One per column of `table`. */
  columns: FeatureColumn[];
  candidate: CandidateDefinition;
  score: ScoreRows;
}

/** A fold's rows with scores from a model that was not fitted on them; n of each. */
export interface ScoredFold {
  /** In [0, 1], not calibrated. */
  scores: Float64Array;
  /** Classes, 0 or 1. */
  labels: Uint8Array;
}

/** The same with where its rows are, and what people should know of the fit. */
export interface FoldScores extends ScoredFold {
  /** Positions in `rows` of the rows of this fold, ascending; scores and labels are in their order. */
  positions: Int32Array;
  warnings: Warning[];
}

/**
 * Fits on all folds but one, everything that is learnt included, and scores that one.
 * @param folds the fold of every position of `rows`
 * @param seed of the learner
 */
export function scoreFold(input: FoldInput, folds: Uint8Array, fold: number, seed: number): FoldScores {
  const { table, rows, columns, candidate, score } = input;
  const positions = positionsWhere(folds.length, (i) => folds[i] === fold);
  const train = positionsWhere(folds.length, (i) => folds[i] !== fold).map((position) => rows[position]!);
  const test = positions.map((position) => rows[position]!);
  const features = fitFeatures(columns, table, train);
  const { estimator, warnings } = fitCandidate(candidate, table, train, features, seed);
  const scores = score({ features, estimator, calibration: null }, table, test);
  requireScores(candidate, scores);
  const unknown = unknownFeatures(columns, table, train);
  if (unknown.length > 0) warnings.push(unknownInFold(unknown, fold, train.length));
  return { positions, scores, labels: labelsOf(table, test), warnings };
}

function unknownInFold(names: string[], fold: number, rows: number): Warning {
  const message = `${names.join(', ')}: no value in the ${rows} rows that fold ${fold + 1} was learned from (other folds may be alike), so there it counts as constant; supply more values or leave the column out.`;
  return { code: 'sparse-feature', message };
}

/** @throws PipelineFailure `DataContract` naming the candidate when a score is not a number from 0 to 1 */
export function requireScores({ name }: Pick<CandidateDefinition, 'name'>, scores: Float64Array): void {
  const wrong = scores.reduce((sum, score) => sum + (score >= 0 && score <= 1 ? 0 : 1), 0);
  if (wrong > 0)
    throw new PipelineFailure(
      'DataContract',
      `candidate ${name} gave ${wrong} of ${scores.length} rows a score that is no number from 0 to 1; leave the candidate out, or give its features in units of ordinary size.`,
    );
}

/** One repeat of stratified cross-validation. */
export interface OutOfFold extends FoldInput {
  /** At least 2, and at most the rows of the smaller class. */
  folds: number;
  /** Deals the rows to folds. */
  seed: number;
  /** Of the learner in the first fold, one more in each fold after it; `seed` by default. */
  learnerSeed?: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

/**
 * Scores every row with a model that has not seen it: one repeat of stratified k-fold cross-validation. With the seed of
 * `crossValidate` these are the scores of its first repeat.
 * @returns one for each fold, in their order; positions are of `rows`
 */
export function outOfFoldScores(input: OutOfFold): FoldScores[] {
  const { table, rows, folds, seed, learnerSeed = seed, onFold } = input;
  const assigned = stratifiedFolds(table.labels, rows, folds, seed, table.groups);
  return Array.from({ length: folds }, (_, fold) => {
    const scored = scoreFold(input, assigned, fold, learnerSeed + fold);
    onFold?.(fold + 1, folds);
    return scored;
  });
}

/**
 * Scores of folds in the order of the rows that were dealt to them.
 * @param scores one array per fold, in the order of its positions
 */
export function inRowOrder(folds: readonly Pick<FoldScores, 'positions'>[], scores: Float64Array[]): Float64Array {
  const all = new Float64Array(scores.reduce((sum, { length }) => sum + length, 0));
  folds.forEach(({ positions }, fold) => positions.forEach((position, i) => (all[position] = scores[fold]![i]!)));
  return all;
}

/** A fold as it is measured, with what its siblings ask for. */
export interface JudgedFold {
  values: MetricValues;
  /** Counts at the threshold that the fold was judged with. */
  confusion: ConfusionMatrix;
  /** Calibrated, in the fold's order. */
  scores: Float64Array;
  threshold: number;
}

/**
 * Measures every fold of one repeat with the calibration and the threshold that its siblings' scores ask for
 * (cross-fitting): no label of a fold decides how that fold is calibrated or cut. A little leaks all the same: the
 * models that scored the siblings were fitted on this fold's rows, as they are in any cross-validation. With neither a
 * calibration nor a rule that looks at scores, every fold is measured as it is.
 */
export function judgeFolds(folds: readonly ScoredFold[], policy: DecisionPolicy): JudgedFold[] {
  return folds.map(({ scores, labels }, fold) => {
    const others = joined(folds.filter((_, other) => other !== fold));
    const { calibration, threshold } = learnDecision(policy, others.scores, others.labels);
    const probabilities = applied(calibration, scores);
    return { ...metricValues(probabilities, labels, threshold), scores: probabilities, threshold };
  });
}

/** The rows of all folds, one fold after the other. */
export function joined(folds: readonly ScoredFold[]): ScoredFold {
  const rows = folds.reduce((sum, { labels }) => sum + labels.length, 0);
  const all = { scores: new Float64Array(rows), labels: new Uint8Array(rows) };
  let start = 0;
  for (const { scores, labels } of folds) {
    all.scores.set(scores, start);
    all.labels.set(labels, start);
    start += labels.length;
  }
  return all;
}
